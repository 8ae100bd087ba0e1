import type { Feed } from './document.ts'
import { entryKey } from './entries.ts'
import type { Version } from './merge.ts'

/** The versions that somebody who has `had` lacks: its identity is new to it, or its bytes are others. */
export function diff(versions: readonly Version[], had: Feed): readonly Version[] {
  const hashes = new Map(had.entries.map((entry) => [entryKey(entry), entry.hash]))
  return versions.filter(({ entry }) => hashes.get(entryKey(entry)) !== entry.hash)
}

import type { Feed } from './document.ts'
import { entryKey } from './entries.ts'
import type { Version } from './merge.ts'

/**
 * The versions that somebody who has `had` lacks: its identity is new to it, its bytes are others, or the same bytes stand
 * under other namespaces, base, language or authors and say something else.
 */
export function diff(versions: readonly Version[], had: Feed): readonly Version[] {
  const hashes = new Map(had.entries.map((entry) => [entryKey(entry), entry.hash]))
  return versions.filter(({ entry, feed }) => feed.scope !== had.scope || hashes.get(entryKey(entry)) !== entry.hash)
}

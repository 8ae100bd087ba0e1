import type { Entry, Feed } from './document.ts'
import { entryKey } from './entries.ts'

/** An entry, and the publication that has it. */
export interface Version {
  readonly entry: Entry
  readonly feed: Feed
}

/**
 * Several publications of a feed in one: the newest version of every entry and of every notice of a deletion, those that
 * fell off the feed meanwhile included, but none whose deletion a later publication tells of.
 *
 * @param feeds the oldest first
 * @returns the newest publication's first, in its order
 */
export function merge(feeds: readonly Feed[]): readonly Version[] {
  const versions = new Map<string, Version>()
  const deleted = new Set<string>()
  for (const feed of feeds.toReversed()) {
    for (const entry of feed.entries) {
      const key = entryKey(entry)
      if (!versions.has(key) && !deleted.has(key)) versions.set(key, { entry, feed })
    }
    for (const { identity, isNotice } of feed.entries)
      if (isNotice) deleted.add(entryKey({ identity, isNotice: false }))
  }
  return [...versions.values()]
}

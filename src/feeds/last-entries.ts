import { cut } from './cut.ts'
import type { Document, Feed } from './document.ts'
import { type Whole, whole } from './document.ts'
import { readFeed } from './entries.ts'
import { merge } from './merge.ts'

/**
 * A feed's newest publication with `count` entries alone: its own first ones and, where it has fewer, those of earlier
 * publications that mean the same in it. Cut byte for byte.
 *
 * @param documents the newest first; at least one
 */
export function lastEntries(documents: readonly Document[], count: number): Buffer | Whole {
  const feeds: Feed[] = []
  for (const document of documents) {
    const feed = readFeed(document)
    if (feed.kind === 'feed') feeds.push(feed)
    else if (feeds.length === 0) return feed
  }
  const [newest] = feeds
  if (newest === undefined) return whole('There is none.')
  const last = merge(feeds.toReversed())
    .filter(({ entry, feed }) => !entry.isNotice && feed.scope === newest.scope)
    .slice(0, count)
  const kept = new Set(last.map(({ entry }) => entry))
  return cut(
    newest,
    kept,
    last.filter(({ feed }) => feed !== newest),
  )
}

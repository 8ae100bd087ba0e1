import { cut } from './cut.ts'
import { diff } from './diff.ts'
import type { Document, Feed, Whole } from './document.ts'
import { whole } from './document.ts'
import { readFeed } from './entries.ts'
import { merge } from './merge.ts'

export type Reduced =
  /** The newest publication's envelope around the entries that are new or changed. */
  | { readonly kind: 'reduced'; readonly body: Buffer; readonly entries: number }
  /** No entry is new or changed: nothing is to be sent. */
  | { readonly kind: 'nothing' }
  | Whole

/**
 * What somebody who has `had` lacks of a feed's later publications, as one document, cut out of theirs byte for byte.
 *
 * @param later every publication after `had`, the oldest first; at least one
 */
export function reduce(had: Document, later: readonly Document[]): Reduced {
  const before = readFeed(had)
  if (before.kind === 'whole') return whole(`The publication before cannot be cut: ${before.why}`)
  const feeds: Feed[] = []
  for (const document of later) {
    const feed = readFeed(document)
    if (feed.kind === 'whole') return feed
    feeds.push(feed)
  }
  return reduceFeeds(before, feeds)
}

function reduceFeeds(had: Feed, feeds: readonly Feed[]): Reduced {
  const newest = feeds.at(-1)
  if (newest === undefined) return { kind: 'nothing' }
  const news = diff(merge(feeds), had)
  if (news.length === 0) return { kind: 'nothing' }
  const moved = news.filter(({ feed }) => feed !== newest)
  if (moved.some(({ feed }) => feed.scope !== newest.scope)) {
    return whole('An entry of an earlier publication would stand under other namespaces, language, base or authors.')
  }
  const kept = new Set(news.map(({ entry }) => entry))
  return { kind: 'reduced', body: cut(newest, kept, moved), entries: news.length }
}

import type { Db, Format } from '../db/schema.ts'
import type { Item, ItemFeed } from '../feeds/item.ts'
import { readItems } from '../feeds/items.ts'
import { lastEntries } from '../feeds/last-entries.ts'
import { type Forms, formTypes, writeForm } from './forms.ts'
import { pastPublications } from './past.ts'
import type { Publication } from './publication-store.ts'

/** A subscription's owner asked for past entries again. */
export interface Replay {
  /** Entries of a feed; null: publications, each whole and in turn. */
  readonly count: number | null
  /** Nothing but them is owed when the subscription is carried to this number; to any other, all of it is. */
  readonly number: number
  /** When they were asked for. */
  readonly at: Date
}

export interface ReplayParts {
  readonly db: Db
  readonly forms: Forms
}

/** A larger feed would hold up the event loop while it is cut: it goes out whole, which has the entries too. */
const cutBytesMax = 256 * 1024

/** What is sent for a replay when the subscription is carried to `publication`, under that publication's number. */
export async function replayed(
  parts: ReplayParts,
  publication: Publication,
  { replay, format }: { readonly replay: Replay; readonly format: Format | null },
): Promise<Publication> {
  const { count, number } = replay
  const entries =
    count === null || number !== publication.number
      ? null
      : await (format === null
          ? cutEntries(parts, publication, count)
          : writtenEntries(parts, publication, count, format))
  return entries ?? (format === null ? publication : parts.forms.read(publication, format))
}

async function cutEntries(parts: ReplayParts, newest: Publication, count: number): Promise<Publication | null> {
  const past: Publication[] = []
  let bytes = 0
  for await (const publication of pastPublications(parts.db, { topicId: newest.topicId, through: newest.number })) {
    bytes += publication.body.length
    if (bytes > cutBytesMax) break
    past.push(publication)
  }
  if (past.length === 0) return null
  const body = lastEntries(past, count)
  return 'why' in body ? null : { ...newest, body }
}

async function writtenEntries(
  parts: ReplayParts,
  newest: Publication,
  count: number,
  format: Format,
): Promise<Publication | null> {
  const { topicId, topicUrl: url, number: through, publishedAt: at } = newest
  const items = new Map<string, Item>()
  let feed: ItemFeed | null = null
  for await (const publication of pastPublications(parts.db, { topicId, through })) {
    const read = await readItems(publication, publication.selfUrl)
    feed ??= read
    for (const item of read?.items ?? []) if (!items.has(item.id)) items.set(item.id, item)
    if (feed === null || items.size >= count) break
  }
  if (feed === null) return null
  const last = { ...feed, items: [...items.values()].slice(0, count) }
  return { ...newest, body: await writeForm(last, format, { url, at }), contentType: formTypes[format] }
}

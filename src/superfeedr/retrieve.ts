import type { Db, Format } from '../db/schema.ts'
import { formTypes, writeForm } from '../distribution/forms.ts'
import { pastPublications } from '../distribution/past.ts'
import type { Item, ItemFeed } from '../feeds/item.ts'
import { entriesOf } from './entries.ts'
import { findOwn, type Own } from './own-store.ts'
import { refused } from './parameters.ts'
import type { SuperfeedrParts } from './parts.ts'
import type { RetrieveRequest } from './request.ts'

/** An answer that holds entries. */
export interface Retrieved {
  readonly contentType: string
  readonly body: Buffer
}

/** Superfeedr's own bound for the topics of one callback. */
const topicsMax = 200
/** Of the newest publications of all topics of a callback. */
const bytesMax = 32 * 1024 ** 2

/**
 * Past entries of what a login is subscribed to, the newest first: from the publications that are kept, each entry once, as it
 * was last. Of one topic as far back as wanted; of all topics of a callback from the newest of each.
 *
 * @throws {RequestRefused} 404 where the login is not subscribed to it, 422 where `before` or `after` is no entry that is kept
 */
export async function retrieve(
  { db, world }: Pick<SuperfeedrParts, 'db' | 'world'>,
  owner: string,
  request: RetrieveRequest,
): Promise<Retrieved> {
  const own = await findOwn(db, owner, { ...request, now: world.now(), limit: topicsMax + 1 })
  const [first] = own
  if (first === undefined) throw notSubscribed(request)
  const topics = [...new Map(own.map((each) => [each.topicId, each])).values()]
  if (topics.length > topicsMax) {
    throw refused('hub.callback', `has more than ${topicsMax} topics: name one of them as hub.topic`)
  }
  const format = request.format ?? first.format ?? 'atom'
  const { feed, at } = request.topic === null ? await merged(db, topics) : await pastEntries(db, first, request)
  const items = slice(feed.items, request)
  return written({ ...feed, items }, format, request, at ?? world.now())
}

/** @throws {RequestRefused} 404 where the login is not subscribed to the topic */
export async function refuseUnsubscribed(
  { db, world }: Pick<SuperfeedrParts, 'db' | 'world'>,
  owner: string,
  request: Pick<RetrieveRequest, 'topic' | 'callback'>,
): Promise<void> {
  const own = await findOwn(db, owner, { ...request, now: world.now(), limit: 1 })
  if (own.length === 0) throw notSubscribed(request)
}

function notSubscribed({ topic }: Pick<RetrieveRequest, 'topic'>) {
  return refused(topic === null ? 'hub.callback' : 'hub.topic', 'names nothing that you are subscribed to', 404)
}

interface Past {
  readonly feed: ItemFeed
  /** Of the newest publication; null: there is none. */
  readonly at: Date | null
}

/** Enough of a topic's past for the request: what is looked for, or as many as are wanted. */
async function pastEntries(db: Db, { topicId, topic }: Own, { count, before, after }: RetrieveRequest): Promise<Past> {
  const found = new Map<string, Item>()
  let newest: ItemFeed | null = null
  let at: Date | null = null
  for await (const publication of pastPublications(db, { topicId })) {
    const feed = await entriesOf(publication)
    newest ??= feed
    at ??= publication.publishedAt
    for (const item of feed.items) if (!found.has(item.id)) found.set(item.id, item)
    const isEnough = before === null ? found.size >= count : [...found.keys()].indexOf(before) + count < found.size
    if ((after === null || found.has(after)) && (before === null || found.has(before)) && isEnough) break
  }
  return { feed: { ...(newest ?? empty), id: newest?.id ?? topic, items: [...found.values()] }, at }
}

const empty: ItemFeed = { id: null, title: null, url: null, links: [], updatedAt: null, language: null, items: [] }

async function merged(db: Db, topics: readonly Own[]): Promise<Past> {
  const dated: { readonly item: Item; readonly at: Date }[] = []
  let newestAt: Date | null = null
  let bytes = 0
  for (const { topicId } of topics) {
    for await (const publication of pastPublications(db, { topicId })) {
      bytes += publication.body.length
      if (bytes > bytesMax)
        throw refused('hub.callback', 'has topics with too much content: name one of them as hub.topic')
      const { items } = await entriesOf(publication)
      if (newestAt === null || publication.publishedAt > newestAt) newestAt = publication.publishedAt
      dated.push(...items.map((item) => ({ item, at: item.updatedAt ?? publication.publishedAt })))
      break // The newest alone.
    }
  }
  const items = dated.sort((one, other) => other.at.getTime() - one.at.getTime()).map(({ item }) => item)
  return { feed: { ...empty, items }, at: newestAt }
}

/** Of entries that stand the newest first: those later than `after`, those earlier than `before`, the newest of what is left. */
function slice(items: readonly Item[], { count, before, after }: RetrieveRequest): readonly Item[] {
  const end = after === null ? items.length : placeOf(items, after, 'after')
  const start = before === null ? 0 : placeOf(items, before, 'before') + 1
  return items.slice(start, Math.max(start, end)).slice(0, count)
}

function placeOf(items: readonly Item[], id: string, parameter: string): number {
  const place = items.findIndex((item) => item.id === id)
  if (place !== -1) return place
  throw refused(parameter, 'must be the id of an entry that is still kept')
}

async function written(
  feed: ItemFeed,
  format: Format,
  { topic, callback, jsonp }: RetrieveRequest,
  at: Date,
): Promise<Retrieved> {
  const body = await writeForm(feed, format, { url: topic ?? callback ?? '', at })
  if (jsonp === null) return { contentType: formTypes[format], body }
  // The comment keeps the answer from being taken for anything but a script.
  const script = Buffer.concat([Buffer.from(`/**/${jsonp}(`), body, Buffer.from(');')])
  return { contentType: 'application/javascript; charset=utf-8', body: script }
}

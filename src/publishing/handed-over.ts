import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { decodedChunks, mediaType } from '../discovery/charset.ts'
import { isFeed } from '../discovery/document-kind.ts'
import { newestPublication, publish, repeatForNewcomers } from '../distribution/publication-store.ts'
import { isInForce, type PublisherKey } from '../keys/store.ts'
import { RequestRefused } from '../refusal.ts'
import { urlKey } from '../url-key.ts'
import { createTurns } from '../work/turns.ts'
import { noteFragments } from './fragment-store.ts'
import {
  earlierRequest,
  type HeldTopic,
  holdTopic,
  isOwing,
  type MarkedRequest,
  markHandedOver,
  rememberRequest,
} from './handed-over-store.ts'
import { deliveredLinks } from './links.ts'
import type { PublishingParts } from './parts.ts'
import { type Content, isNew } from './revalidation.ts'

/** A new representation of a topic that its publisher sends along instead of having it fetched. */
export interface HandedOver {
  /** A checked URL that the key covers. */
  readonly topic: string
  readonly key: Pick<PublisherKey, 'id' | 'delivery'>
  /** At least one byte. */
  readonly body: Buffer
  /** Of `body`. */
  readonly sha256: Buffer
  readonly contentType: string
  /** The hubs the publisher names. */
  readonly hubs: readonly string[]
  readonly idempotencyKey: string | null
}

/** What became of it. */
export interface Taken {
  readonly topicId: number
  /** The topic's number for it: that of an earlier publication, where nothing new was to be delivered. */
  readonly number: number
  readonly result: 'new' | 'unchanged' | 'repeated' | 'again'
}

/** How long a request can be sent again under its Idempotency-Key. */
export const idempotencyMs = 24 * 3_600_000

/** Publications that are written at once; each takes a connection of the pool, where deliveries are settled too. */
const writtenAtOnce = 3

/**
 * Makes what takes content that was handed over: once it resolves, the content is published and survives a restart. Nothing is
 * fetched. Where the newest publication is enough, one that says the same as the newest goes only to those who joined since, as a
 * ping that finds nothing new; where each is a fact of its own, the same twice is two facts, and an Idempotency-Key is what
 * makes one of them.
 *
 * @throws {RequestRefused} 401 where the key was revoked meanwhile, 422 where the Idempotency-Key came with another request
 */
export function takesHandedOver(parts: PublishingParts): (content: HandedOver) => Promise<Taken> {
  const turns = createTurns(writtenAtOnce)
  return (content) => turns.take(urlKey(content.topic).toString('base64'), () => take(parts, content))
}

async function take(parts: PublishingParts, content: HandedOver): Promise<Taken> {
  const { db, events, bell } = parts
  const { fragments = 0, ...taken } = await transaction(db, (tx) => takeIn(tx, parts, content))
  if (taken.result !== 'again') bell.ring('broadcast')
  if (fragments > 0) bell.ring('fetch')
  events.handedOver({ topic: content.topic, keyId: content.key.id, bytes: content.body.length, ...taken })
  return taken
}

/** With how many parts of it are now due. */
interface TakenPage extends Taken {
  readonly fragments?: number
}

async function takeIn(tx: Db, parts: PublishingParts, content: HandedOver): Promise<TakenPage> {
  const { key, sha256, idempotencyKey, topic } = content
  const now = parts.world.now()
  if (!(await isInForce(tx, key.id))) throw new RequestRefused('The key was revoked.', { status: 401 })
  if (idempotencyKey === null) return publishIn(tx, parts, content, now)
  const marked: MarkedRequest = { keyId: key.id, idempotencyKey }
  const earlier = await earlierRequest(tx, marked, { since: new Date(now.getTime() - idempotencyMs) })
  if (earlier === null) {
    const taken = await publishIn(tx, parts, content, now)
    await rememberRequest(tx, marked, { ...taken, bodySha256: sha256, now })
    return taken
  }
  if (earlier.topicKey.equals(urlKey(topic)) && earlier.bodySha256.equals(sha256)) {
    return { topicId: earlier.topicId, number: earlier.number, result: 'again' }
  }
  throw new RequestRefused(
    'This Idempotency-Key was used for another topic or other content within 24 hours: give each publication its own.',
    { status: 422, parameter: 'Idempotency-Key' },
  )
}

async function publishIn(
  tx: Db,
  { config }: PublishingParts,
  { topic, key, body, sha256, contentType, hubs }: HandedOver,
  now: Date,
): Promise<TakenPage> {
  const held = await holdTopic(tx, topic)
  const { id: topicId } = held
  const delivered = await deliveryOf(tx, held, key, { body, contentType })
  await markHandedOver(tx, topicId, { keyId: key.id, ...delivered, now })
  const content: Content = { body, sha256, contentType, ...deliveredLinks({ self: topic, hubs }, topic, config) }
  const taken = await published(tx, topicId, { content, isLatest: delivered.delivery === 'latest', now })
  return held.hasFragments ? { ...taken, fragments: await noteFragments(tx, topicId, { now }) } : taken
}

async function published(
  tx: Db,
  topicId: number,
  { content, isLatest, now }: { readonly content: Content; readonly isLatest: boolean; readonly now: Date },
): Promise<Taken> {
  const newest = isLatest ? await newestPublication(tx, topicId) : null
  if (newest === null || isNew(content, newest)) {
    return { topicId, number: await publish(tx, { topicId, ...content, now }), result: 'new' }
  }
  const repeated = await repeatForNewcomers(tx, { topicId, now })
  return { topicId, number: repeated ?? newest.number, result: repeated === null ? 'unchanged' : 'repeated' }
}

/**
 * As its key says; else by its content: a feed's newest version holds what matters of those before, whereas of anything else
 * each may say something of its own, and what comes after on such a topic is counted on as well. A topic becomes `every` from
 * this number on, and `latest` only once nobody is owed an earlier one: what was accepted as a fact is not dropped by what
 * comes after.
 */
async function deliveryOf(
  tx: Db,
  { id, delivery, everyFrom, newest }: HeldTopic,
  key: HandedOver['key'],
  { body, contentType }: Pick<HandedOver, 'body' | 'contentType'>,
): Promise<Pick<HeldTopic, 'delivery' | 'everyFrom'>> {
  const usual = () => (isFeed(mediaType(contentType), () => decodedChunks(body, contentType)) ? 'latest' : 'every')
  const wanted = key.delivery ?? (delivery === 'every' ? delivery : usual())
  if (wanted === delivery) return { delivery, everyFrom }
  if (wanted === 'every') return { delivery: wanted, everyFrom: newest + 1 }
  return { delivery: (await isOwing(tx, id)) ? delivery : wanted, everyFrom }
}

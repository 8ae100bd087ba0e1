import { transaction } from '../db/database.ts'
import type { Db, Delivery } from '../db/schema.ts'
import { newestPublication, publish, repeatForNewcomers, skipNumber } from '../distribution/publication-store.ts'
import type { Events } from '../events.ts'
import { setLooked } from '../fragments/store.ts'
import type { Timing } from '../world.ts'
import type { Fetched } from './fetched.ts'
import { deliverAs, noteFragments } from './fragment-store.ts'
import { type Ending, type NextFetch, nextFetch, rest } from './next-fetch.ts'
import { noteAliases } from './notice-store.ts'
import type { PublishingParts } from './parts.ts'
import { nextPoll } from './poll.ts'
import { savePoll } from './poll-store.ts'
import { isNew, noValidators } from './revalidation.ts'
import { type ClaimedTopic, holdClaimed, isSubscribed, type Learned, releaseTopic, removeUnused } from './store.ts'

/** What a fetch brought, and how long that took. */
export interface Came {
  readonly fetched: Fetched
  readonly timing?: Timing
  /** Of a fragment topic: which publication of its page was looked at, and how that page is delivered. */
  readonly looked?: { readonly number: number; readonly newest: number; readonly delivery: Delivery }
}

/** However long a server asks to be left alone: publishers expect more of a ping than subscribers of a delivery. */
const retryAfterMsMax = 3_600_000

/**
 * Writes what came of a fetch; twice is harmless. What it says of other topics is noted first, by itself: it holds whether or
 * not this claim is still ours, and in one transaction two topics that name each other would wait for each other's rows.
 */
export async function settleFetch(parts: PublishingParts, topic: ClaimedTopic, came: Came): Promise<void> {
  await wakeAliases(parts, topic, came.fetched)
  await settleTopic(parts, topic, came)
}

async function wakeAliases({ db, world, bell }: PublishingParts, topic: ClaimedTopic, fetched: Fetched): Promise<void> {
  if (topic.derived || !('names' in fetched) || fetched.names.length === 0) return
  const woken = await noteAliases(db, fetched.names, { now: world.now(), besides: topic.id })
  if (woken > 0) bell.ring('fetch')
}

async function settleTopic(parts: PublishingParts, topic: ClaimedTopic, came: Came): Promise<void> {
  const { db, world, events, bell } = parts
  const { fetched } = came
  const now = world.now()
  const random = world.random()
  const { attempt, rechecks, derived } = topic
  const settled = await transaction(db, async (tx) => {
    const held = await holdClaimed(tx, topic)
    if (held === null) return null
    if (came.looked !== undefined) await noteLooked(tx, topic, came.looked)
    const result = await resultOf(tx, { topic, fetched, now })
    const notice = nextFetch({
      ...{ attempt, rechecks, derived, polled: topic.poll !== null, random },
      ending: isBehind(came) ? 'again' : result.ending,
      retryAfterMs: askedToWaitMs(fetched),
      noticed: held.pings === topic.pings ? null : held.derived ? 'derived' : 'pinged',
    })
    const next = notice.inMs === null ? await restUntilPoll(tx, topic, { result, fetched }, random) : notice
    await releaseTopic(tx, topic.id, { next, result: result.why ?? result.told, now, ...result.learned })
    if (!topic.subscribed) await removeUnused(tx, topic.id, { now })
    const parts = topic.hasFragments && wasRead(fetched) ? await noteFragments(tx, topic.id, { now }) : 0
    return { result, next, parts }
  })
  if (settled === null) return
  const { result, next, parts: fragments } = settled
  if (fetched.kind !== 'unwanted') tell(events, topic, { ...came, result })
  if (result.number !== undefined) bell.ring('broadcast')
  if (result.told === 'failed') bell.ring('unfetched')
  if (fragments > 0) bell.ring('fetch')
  if (next.inMs !== null) bell.ring('fetch', next.inMs === 0 ? undefined : new Date(now.getTime() + next.inMs))
}

function askedToWaitMs(fetched: Fetched): number {
  if (fetched.kind === 'later') return fetched.inMs
  return fetched.kind === 'failed' ? Math.min(fetched.retryAfterMs, retryAfterMsMax) : 0
}

async function noteLooked(
  tx: Db,
  { id }: ClaimedTopic,
  { number, delivery }: NonNullable<Came['looked']>,
): Promise<void> {
  await setLooked(tx, id, number)
  await deliverAs(tx, id, delivery)
}

/** A later publication of the page is to be looked at too. */
function isBehind({ looked }: Came): boolean {
  return looked !== undefined && looked.number < looked.newest
}

/** The page's content is known, the same as before or not. */
function wasRead({ kind }: Fetched): boolean {
  return kind === 'content' || kind === 'not-modified'
}

/** With nothing more to be done for a notice, a polled topic is due at its next poll: asked for by nobody, as what an alias asks for. */
async function restUntilPoll(
  tx: Db,
  { id, poll, derived }: ClaimedTopic,
  { result, fetched }: { readonly result: Result; readonly fetched: Fetched },
  random: number,
): Promise<NextFetch> {
  if (poll === null) return rest
  const next = nextPoll(poll, { fetched, isNew: derived && result.told === 'new', random })
  await savePoll(tx, id, next)
  return 'ended' in next ? rest : { ...rest, inMs: next.inMs, derived: true }
}

/** What the fetch came to, once its topic is held. */
interface Result {
  readonly told: Parameters<Events['fetched']>[0]['result']
  readonly why?: string
  /** What was published, where something was. */
  readonly number?: number
  readonly ending: Ending
  readonly learned?: Learned
}

interface Settling {
  readonly topic: ClaimedTopic
  readonly fetched: Fetched
  readonly now: Date
}

async function resultOf(tx: Db, { topic, fetched, now }: Settling): Promise<Result> {
  if (fetched.kind === 'stopped') return { told: 'failed', why: 'The hub was stopped.', ending: 'again' }
  if (!topic.subscribed) return resultForNobody(tx, topic, { fetched, now })
  switch (fetched.kind) {
    case 'content':
      return contentResult(tx, topic, { fetched, now })
    case 'not-modified':
      return unchangedResult(tx, topic, { now })
    case 'empty':
      return { ...(await unchangedResult(tx, topic, { now })), why: 'The topic answered without content.' }
    case 'unsure':
      return { told: 'unchanged', why: fetched.why, ending: 'again', learned: { validators: noValidators } }
    case 'failed':
      return { told: 'failed', why: fetched.why, ending: 'failed' }
    case 'nothing':
      if (fetched.isGivenUp) await skipNumber(tx, topic.id)
      return { told: 'unchanged', why: fetched.why, ending: 'served' }
    case 'later':
      return { told: 'unchanged', why: fetched.why, ending: 'later' }
    case 'unwanted':
      return { told: 'unchanged', why: 'Somebody subscribed meanwhile.', ending: 'again' }
    default:
      return fetched satisfies never
  }
}

/** It was fetched for its aliases alone, in part; whoever subscribed meanwhile gets a fetch of the whole. */
async function resultForNobody(
  tx: Db,
  topic: ClaimedTopic,
  { fetched, now }: { readonly fetched: Fetched; readonly now: Date },
): Promise<Result> {
  if (await isSubscribed(tx, topic.id, { now })) {
    return { told: 'unchanged', why: 'Somebody subscribed meanwhile.', ending: 'again' }
  }
  if (fetched.kind === 'failed') return { told: 'failed', why: fetched.why, ending: 'served' }
  return { told: 'unchanged', why: 'Nobody subscribes to it.', ending: 'served' }
}

async function contentResult(
  tx: Db,
  topic: ClaimedTopic,
  { fetched, now }: { readonly fetched: Extract<Fetched, { kind: 'content' }>; readonly now: Date },
): Promise<Result> {
  const { content, validators, links, names } = fetched
  // Where it names no self, where its redirects ended is its other name: pings of that are for it too (MIG-05).
  const learned = { validators, links: { ...links, self: links.self ?? names[0] ?? null } }
  if (!isNew(content, await newestPublication(tx, topic.id))) {
    return { ...(await unchangedResult(tx, topic, { now })), learned }
  }
  return { told: 'new', number: await publish(tx, { topicId: topic.id, ...content, now }), ending: 'served', learned }
}

/** Nothing new, except for those who joined since and have received nothing (A-18, FETCH-15; rule 15 on a 304). */
async function unchangedResult(tx: Db, topic: ClaimedTopic, { now }: { readonly now: Date }): Promise<Result> {
  const number = await repeatForNewcomers(tx, { topicId: topic.id, now })
  return number === null ? { told: 'unchanged', ending: 'unchanged' } : { told: 'repeated', number, ending: 'served' }
}

function tell(
  events: Events,
  { url, fragment }: ClaimedTopic,
  { result, fetched, timing }: Came & { readonly result: Result },
): void {
  const { told, why, number } = result
  const read = {
    topic: url,
    result: told,
    ...(why === undefined ? {} : { why }),
    ...(number === undefined ? {} : { number }),
    ...(fetched.kind === 'content' ? { bytes: fetched.content.body.length } : {}),
  }
  if (fragment !== null) events.fragmentRead(read)
  else events.fetched({ ...read, ...(timing === undefined ? {} : { timing }) })
  if (fetched.kind === 'content' && fetched.selves > 1) events.severalSelves({ topic: url, count: fetched.selves })
}

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { setAside } from '../db/parking.ts'
import type { ClaimWanted, Job } from '../work/job.ts'
import { createLowerBound } from '../work/lower-bound.ts'
import { type Fetched, judgeFetch } from './fetched.ts'
import { type LookingParts, lookAtPage } from './fragment.ts'
import type { PublishingParts } from './parts.ts'
import { fetchHeaders } from './revalidation.ts'
import { type Came, settleFetch } from './settle.ts'
import { type ClaimedTopic, claimDueTopics } from './store.ts'

/** Each may hold a whole body, so the largest body allowed decides how many run at once. */
const bodiesBytesMax = 512 * 1024 * 1024
const atOnceMax = 64
const perOriginAtOnce = 4
/** A claim outlasts its fetch by this: time to read the document and to settle. */
const claimMarginMs = 30_000
/** How soon a claim looks again for rows that were locked. */
const lockedForMs = 20
/** What settles at once; each takes a connection of the pool, where others are served too. */
const settledAtOnce = 3

/**
 * Fetches topics that are due (FETCH-01): one at a time per topic, a few per server. What is new is published in the same
 * transaction that settles the fetch. A topic that is a part of a page is read from that page instead.
 */
export function fetchJob(parts: LookingParts): Job<ClaimedTopic, Came> {
  const { db, config, world, bell } = parts
  const bound = createLowerBound<Date>(world.monotonicMs)

  async function claim({ limit, perOriginLimit, busyOrigins }: ClaimWanted): Promise<readonly ClaimedTopic[]> {
    const now = world.now()
    const { topics, lowestDue, passedBy } = await claimDueTopics(db, {
      ...{ now, limit, perOriginLimit, busyOrigins },
      until: new Date(now.getTime() + config.FETCH_TIMEOUT + claimMarginMs),
      token: randomUUID(),
      dueFrom: bound.get(),
    })
    if (lowestDue !== null) bound.claimed(lowestDue)
    if (passedBy) bell.wake('fetch', new Date(now.getTime() + lockedForMs))
    return topics
  }

  return {
    name: 'fetch',
    atOnce: Math.min(atOnceMax, Math.max(perOriginAtOnce, Math.floor(bodiesBytesMax / config.CONTENT_BYTES_MAX))),
    perOriginAtOnce,
    earliestDue: () => sql`select min(due_at) from topic where due_at is not null and parked_at is null`,
    claim,
    originOf: (topic) => topic.origin,
    failed: (topic, error) => setAside(parts, 'topic', { row: topic, error }),
    perform: (topic, stop) =>
      topic.fragment === null ? fetchTopic(parts, topic, stop) : lookAtPage(parts, topic, topic.fragment, stop),
    async settle(performed) {
      for (let at = 0; at < performed.length; at += settledAtOnce) {
        const some = performed.slice(at, at + settledAtOnce)
        await Promise.all(some.map(({ row, outcome }) => settleFetch(parts, row, outcome)))
      }
    },
  }
}

async function fetchTopic({ config, world }: PublishingParts, topic: ClaimedTopic, stop: AbortSignal): Promise<Came> {
  const isPoll = topic.poll !== null && topic.derived
  if (isPoll && !topic.subscribed) return { fetched: { kind: 'unwanted' } }
  const outcome = await world.send(
    {
      purpose: 'fetch',
      method: 'GET',
      url: topic.url,
      headers: fetchHeaders(topic.validators, { pinged: !isPoll }),
      redirectsMax: 5,
      ...(topic.subscribed ? whole(config) : beginning(config)),
    },
    stop,
  )
  const fetched: Fetched = await judgeFetch(topic, outcome, { config, now: world.now() })
  return { fetched, timing: outcome.timing }
}

function whole({ CONTENT_BYTES_MAX, FETCH_TIMEOUT }: Config) {
  return { timeoutMs: FETCH_TIMEOUT, bodyBytesMax: CONTENT_BYTES_MAX, overflow: 'fail' } as const
}

/** What nobody subscribes to is read as far as a document's links go, and not waited for (PUB-13). */
function beginning({ CONTENT_BYTES_MAX, FETCH_TIMEOUT }: Config) {
  return {
    timeoutMs: Math.min(FETCH_TIMEOUT, 5000),
    bodyBytesMax: Math.min(CONTENT_BYTES_MAX, 256 * 1024),
    overflow: 'cut',
  } as const
}

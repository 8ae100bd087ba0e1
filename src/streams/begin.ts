import type { Config } from '../config.ts'
import { allow } from '../db/rate.ts'
import type { Db } from '../db/schema.ts'
import type { Events } from '../events.ts'
import { admitFragment } from '../fragments/admission.ts'
import { affordable, noteWanted } from '../publishing/change.ts'
import { beginReading, type FoundTopic, findTopic } from '../publishing/reading-store.ts'
import { RequestRefused } from '../refusal.ts'
import { strictReason } from '../subscribing/strict.ts'
import { unservedTopic } from '../topic-policy.ts'
import type { Rate } from '../units.ts'
import type { Bell } from '../work/bell.ts'
import type { World } from '../world.ts'
import type { StreamRequest } from './request.ts'

export interface BeginParts {
  readonly db: Db
  readonly config: Config
  readonly world: World
  readonly events: Events
  readonly bell: Bell
}

/**
 * A topic that only streams read is fetched and kept for a day after the last of them has ended, so that whoever comes
 * back the next morning misses nothing. Renewed when an hour of it has passed, and not at every poll.
 */
const readMs = 24 * 3_600_000
const renewedMs = readMs - 3_600_000

/** Until when what is read at `now` counts as read, and what is left of that where it is worth renewing. */
export function readingTimes(now: Date): { readonly until: Date; readonly whereBefore: Date } {
  return { until: new Date(now.getTime() + readMs), whereBefore: new Date(now.getTime() + renewedMs) }
}

/**
 * Has the topic count as read from now on.
 *
 * @param client its address, for the rates
 * @throws {RequestRefused} 403 for a topic this hub does not serve, 429 where the client asks too often, or for too many
 *   topics that nobody reads yet
 */
export async function beginStream(parts: BeginParts, request: StreamRequest, client: string): Promise<FoundTopic> {
  const { db, config, world } = parts
  await limit(parts, `subscribe ${client}`, config.RATE_SUBSCRIBE)
  const known = await findTopic(db, request.topic)
  const times = readingTimes(world.now())
  const isRead = known?.readUntil != null && known.readUntil >= times.whereBefore
  await refuseUnserved(parts, request.topic, { isRead })
  if (known === null) {
    await limit(parts, `stream new ${client}`, newTopicsRate)
    await admitFragment(parts, request.topic, { parameter: 'topic', by: client })
  }
  const found = isRead ? known : await beginReading(db, request.topic, times)
  if (request.newest && request.after === null && found.newest === 0) await fetchFirst(parts, request.topic, known)
  return found
}

/** Unlike a subscription, nobody need confirm a stream: each of these leaves a row for a day. */
const newTopicsRate: Rate = { count: 100, periodMs: 60_000 }

/** The policies of subscribing; a topic that was let through lately need not be asked again. */
async function refuseUnserved(
  parts: BeginParts,
  topic: string,
  { isRead }: { readonly isRead: boolean },
): Promise<void> {
  if ((await unservedTopic(parts.db, [topic], parts.config)) !== null) {
    throw refusedTopic('topic is none that this hub serves: its operator registers topics first.')
  }
  if (parts.config.TOPIC_STRICT === 'off' || isRead) return
  if (!(await mayFetch(parts, topic))) {
    throw new RequestRefused('This hub asks topics whether they name it, and asks too many now: try again later.', {
      status: 429,
      retryAfterSeconds: 10,
    })
  }
  const reason = await strictReason(parts, topic, strictLimits)
  if (reason !== null) throw refusedTopic(reason)
}

/** Somebody waits for the answer, and links stand at the beginning of a document. */
const strictLimits = { timeoutMs: 5000, bodyBytesMax: 256 * 1024, overflow: 'cut' } as const

/** Nobody has published it yet, and somebody wants it now. */
async function fetchFirst(parts: BeginParts, topic: string, known: FoundTopic | null): Promise<void> {
  if (known !== null || (await mayFetch(parts, topic))) await noteWanted(parts, topic)
}

/** As pings of topics nobody knows: bounded, whoever asks. */
async function mayFetch(parts: BeginParts, topic: string): Promise<boolean> {
  return (await affordable(parts, [topic])).length > 0
}

function refusedTopic(sentence: string): RequestRefused {
  return new RequestRefused(sentence, { status: 403, parameter: 'topic' })
}

async function limit({ db, world }: BeginParts, key: string, rate: Rate): Promise<void> {
  const allowance = await allow(db, key, rate, { now: world.now() })
  if (allowance.allowed) return
  const { retryAfterSeconds } = allowance
  throw new RequestRefused(`Too many streams begun from this address: try again in ${retryAfterSeconds} s.`, {
    status: 429,
    retryAfterSeconds,
  })
}

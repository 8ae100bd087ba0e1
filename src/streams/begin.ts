import type { Config, Rate } from '../config.ts'
import { allow } from '../db/rate.ts'
import type { Db } from '../db/schema.ts'
import type { Events } from '../events.ts'
import { affordable, noteChange } from '../publishing/change.ts'
import { RequestRefused } from '../refusal.ts'
import { unservedTopic } from '../topic-policy.ts'
import type { Bell } from '../work/bell.ts'
import type { World } from '../world.ts'
import type { StreamRequest } from './request.ts'
import { beginReading, type FoundTopic, findTopic } from './store.ts'

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
 * @throws {RequestRefused} 403 for a topic this hub does not serve, 429 where the client asks too often, or for too many topics that nobody reads yet
 */
export async function beginStream(parts: BeginParts, request: StreamRequest, client: string): Promise<FoundTopic> {
  const { db, config, world } = parts
  await limit(parts, `subscribe ${client}`, config.RATE_SUBSCRIBE)
  if ((await unservedTopic(db, [request.topic], config)) !== null) {
    const sentence = 'topic is none that this hub serves: its operator registers topics first.'
    throw new RequestRefused(sentence, { status: 403, parameter: 'topic' })
  }
  const known = await findTopic(db, request.topic)
  if (known === null) await limit(parts, `stream new ${client}`, newTopicsRate)
  const times = readingTimes(world.now())
  const isRead = known?.readUntil != null && known.readUntil >= times.whereBefore
  const found = isRead ? known : await beginReading(db, request.topic, times)
  const wantsFirst = request.newest && request.after === null && found.newest === 0
  if (wantsFirst && (known !== null || (await mayFetch(parts, request.topic)))) await noteChange(parts, [request.topic])
  return found
}

/** Unlike a subscription, nobody need confirm a stream: each of these leaves a row for a day. */
const newTopicsRate: Rate = { count: 100, periodMs: 60_000 }

async function mayFetch(parts: BeginParts, topic: string): Promise<boolean> {
  return (await affordable(parts, [topic])).length > 0
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

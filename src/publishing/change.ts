import { allow } from '../db/rate.ts'
import { RequestRefused } from '../refusal.ts'
import { unservedTopic } from '../topic-policy.ts'
import type { Rate } from '../units.ts'
import { originOf, pageOf } from '../url-key.ts'
import { addUnknown, isPublished, noteChanges } from './notice-store.ts'
import type { PublishingParts } from './parts.ts'

/**
 * A publisher says that topics changed (§6): once this resolves they are due, and stay so through a restart (PUB-22). Ten
 * notices are one fetch that starts after the last. URLs that are no topics here are looked at once, for they may be
 * another name of one (PUB-13), but only as many as the hub may spend on strangers.
 *
 * @param topics checked URLs, each once (`request.ts`)
 * @throws {RequestRefused} 403 where one is not registered and must be (PUB-15): then none is noted
 */
export async function noteChange(parts: PublishingParts, topics: readonly string[]): Promise<void> {
  const { db, config, world, events, bell } = parts
  if ((await unservedTopic(db, topics, config)) !== null) throw unserved()
  const unknown = await noteChanges(db, topics, { now: world.now() })
  const looked = await affordable(parts, unknown)
  if (looked.length > 0) await addUnknown(db, looked, { now: world.now() })
  events.changeNoted({ topics: topics.length, known: topics.length - unknown.length })
  bell.ring('fetch')
}

/**
 * As `noteChange`, of a topic whose first content somebody waits for. Of a fragment it is its page that is fetched; what is
 * known of that page already is looked at meanwhile.
 */
export async function noteWanted(parts: PublishingParts, topic: string): Promise<void> {
  const page = pageOf(topic)
  await noteChange(parts, page !== topic && (await isPublished(parts.db, page)) ? [page, topic] : [page])
}

function unserved(): RequestRefused {
  return new RequestRefused(
    'hub.url names a topic that this hub does not serve: its operator registers topics first.',
    {
      status: 403,
      parameter: 'hub.url',
    },
  )
}

/**
 * Anybody may ping anything, so fetches of what nobody subscribes to are bounded, whoever asks: for all together, so that
 * servers that never answer do not take the places of topics; and for one server, so that the hub is nobody's hammer.
 */
const unknownRate: Rate = { count: 50, periodMs: 10_000 }
const unknownOriginRate: Rate = { count: 60, periodMs: 60_000 }

/** Of URLs that are no topics here, those that the hub may fetch now; they are counted. */
export async function affordable(
  { db, config, world }: Pick<PublishingParts, 'db' | 'config' | 'world'>,
  unknown: readonly string[],
): Promise<readonly string[]> {
  const own = new Set([config.HUB_URL, ...config.HUB_URL_ALIASES].map(originOf))
  const byOrigin = Map.groupBy(
    unknown.filter((topic) => !own.has(originOf(topic))),
    originOf,
  )
  const fetched: string[] = []
  for (const [origin, topics] of byOrigin) {
    const wanted = topics.slice(0, unknownOriginRate.count)
    const spend = { now: world.now(), cost: wanted.length }
    if (!(await allow(db, 'fetch unknown', unknownRate, spend)).allowed) break
    if ((await allow(db, `fetch unknown ${origin}`, unknownOriginRate, spend)).allowed) fetched.push(...wanted)
  }
  return fetched
}

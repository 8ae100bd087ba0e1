import { allow } from '../db/rate.ts'
import type { Db } from '../db/schema.ts'
import { RequestRefused } from '../refusal.ts'
import type { Rate } from '../units.ts'
import { pageOf, urlKey } from '../url-key.ts'
import type { World } from '../world.ts'
import { fragmentsOf } from './store.ts'

/** Each is looked for whenever the page changes, and anybody may ask for one. */
const fragmentsMax = 100
/**
 * What is asked for but not yet a topic, its callback still being asked, is bounded by this, for each who asks: who never
 * confirms must not use up what others would.
 */
const newFragmentsRate: Rate = { count: 30, periodMs: 60_000 }

/**
 * Lets one more fragment of a page become a topic.
 *
 * @param topic a checked URL; one that is no fragment topic passes, as does a fragment that is a topic already
 * @param asked by which parameter, and by whom: a callback's host, a client's address, a login
 * @throws {RequestRefused} 429 where the page has enough of them, or they ask for too many at once
 */
export async function admitFragment(
  { db, world }: { readonly db: Db; readonly world: Pick<World, 'now'> },
  topic: string,
  { parameter, by }: { readonly parameter: string; readonly by: string },
): Promise<void> {
  if (pageOf(topic) === topic) return
  const { count, isKnown } = await fragmentsOf(db, topic)
  if (isKnown) return
  if (count >= fragmentsMax) {
    throw new RequestRefused(
      `${parameter} would be one part more of a page of which ${fragmentsMax} are subscribed to: take one of those, or the whole page.`,
      { status: 429, parameter },
    )
  }
  const key = `fragments ${urlKey(pageOf(topic)).toString('base64')} ${by}`
  const allowance = await allow(db, key, newFragmentsRate, { now: world.now() })
  if (allowance.allowed) return
  const { retryAfterSeconds } = allowance
  throw new RequestRefused(
    `${parameter} would be one part more of a page of which you have asked for too many at once: try again in ${retryAfterSeconds} s.`,
    { status: 429, parameter, retryAfterSeconds },
  )
}

import type { Rate } from '../config.ts'
import { allow } from '../db/rate.ts'
import type { Db } from '../db/schema.ts'
import { RequestRefused } from '../refusal.ts'
import { pageOf, urlKey } from '../url-key.ts'
import type { World } from '../world.ts'
import { fragmentsOf } from './store.ts'

/** Each is looked for whenever the page changes, and anybody may ask for one. */
const fragmentsMax = 100
/** What is asked for but not yet a topic, its callback still being asked, is bounded by this. */
const newFragmentsRate: Rate = { count: 30, periodMs: 60_000 }

/**
 * Lets one more fragment of a page become a topic.
 *
 * @param topic a checked URL; one that is no fragment topic passes, as does a fragment that is a topic already
 * @throws {RequestRefused} 429 where the page has enough of them, or gets too many at once
 */
export async function admitFragment(
  { db, world }: { readonly db: Db; readonly world: Pick<World, 'now'> },
  topic: string,
  parameter: string,
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
  const key = `fragments ${urlKey(pageOf(topic)).toString('base64')}`
  const allowance = await allow(db, key, newFragmentsRate, { now: world.now() })
  if (allowance.allowed) return
  const { retryAfterSeconds } = allowance
  throw new RequestRefused(
    `${parameter} would be one part more of a page that gets too many of them at once: try again in ${retryAfterSeconds} s.`,
    { status: 429, parameter, retryAfterSeconds },
  )
}

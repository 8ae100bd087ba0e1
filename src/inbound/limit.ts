import { allow } from '../db/rate.ts'
import { RequestRefused } from '../refusal.ts'
import type { Rate } from '../units.ts'
import type { InboundParts } from './parts.ts'

/**
 * Counts a request against a rate.
 *
 * @param whose for the sentence: `from this address`
 * @throws {RequestRefused} 429 with the time to wait
 */
export async function limit(
  { db, now }: Pick<InboundParts, 'db' | 'now'>,
  key: string,
  rate: Rate,
  { cost, whose }: { readonly cost: number; readonly whose: string },
): Promise<void> {
  const allowance = await allow(db, key, rate, { now: now(), cost })
  if (allowance.allowed) return
  const { retryAfterSeconds } = allowance
  throw new RequestRefused(`Too many requests ${whose}: try again in ${retryAfterSeconds} s.`, {
    status: 429,
    retryAfterSeconds,
  })
}

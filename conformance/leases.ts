import type { Answered } from './asking.ts'
import { isSuccess } from './asking.ts'
import { expectRefused } from './checks.ts'
import { expect, skip } from './claim.ts'
import type { Context, Subscribed, SubscribedOptions } from './context.ts'
import { type Arrival, parameter } from './peers.ts'

/** The seconds that a verification tells (§5.3); fails the claim unless they are a positive whole number. */
export function leaseTold(verification: Arrival): number {
  const told = parameter(verification, 'hub.lease_seconds') ?? ''
  const expected = 'hub.lease_seconds to be a positive whole number'
  expect(/^[1-9]\d*$/.test(told), { expected, found: `'${told}'` }, verification)
  return Number(told)
}

/** A subscription whose end the suite can wait for. */
export interface ShortLease extends Subscribed {
  /** When it ends, in milliseconds since the claim began: it runs from when the verification was sent (§5.3). */
  readonly endsAtMs: number
}

/** Subscribes for that long; the claim is skipped where the hub grants no lease as short as that. */
export async function shortLease(
  context: Context,
  seconds: number,
  options: Omit<SubscribedOptions, 'fields'> = {},
): Promise<ShortLease> {
  const subscribed = await context.subscribed({ ...options, fields: { 'hub.lease_seconds': String(seconds) } })
  const granted = leaseTold(subscribed.verification)
  if (granted > seconds) skip(`it grants no lease below ${granted} s`)
  return { ...subscribed, endsAtMs: subscribed.verification.atMs + granted * context.timing.secondMs }
}

/**
 * The same, for what comes after its end. A hub may ask again by itself (§5, step 4), and may go on where that is confirmed: it is
 * answered with 404.
 */
export async function endingLease(...asked: Parameters<typeof shortLease>): Promise<ShortLease> {
  const lease = await shortLease(...asked)
  lease.callback.onVerification({ status: 404 })
  return lease
}

/** Returns when the lease has ended, by half a second. */
export async function passEnd(
  { now, pass, timing }: Context,
  { endsAtMs }: Pick<ShortLease, 'endsAtMs'>,
): Promise<void> {
  await pass(Math.max(0, endsAtMs + timing.secondMs / 2 - now()))
}

/** What became of a request for a lease that no hub has to grant: the hub's answer, and what it granted if it took the request. */
export interface LeaseAsked {
  readonly answer: Answered
  readonly granted: number | undefined
}

/** Asks for a lease of that many seconds, whatever the word says; fails the claim unless that is a 2xx and a lease, or a 4xx. */
export async function askLease({ subscribe, topic, callback }: Context, word: string): Promise<LeaseAsked> {
  const subscriber = callback()
  const answer = await subscribe(topic(), subscriber, { 'hub.lease_seconds': word })
  if (isSuccess(answer)) return { answer, granted: leaseTold(await subscriber.verification()) }
  expectRefused(answer, `hub.lease_seconds=${word}`)
  return { answer, granted: undefined }
}

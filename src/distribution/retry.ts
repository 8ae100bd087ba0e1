import { isSuperseded, type Numbers, owed } from './owed.ts'

/** One failed try, and what the rules need to know of those before it. */
export interface FailedTry {
  /** Tries of this number so far, this one included: 1 or more. */
  readonly attempt: number
  /** Delays after the first, second … failure, in milliseconds; after the last, the number is given up. */
  readonly scheduleMs: readonly number[]
  readonly retryAfterMs: number
  /** In [0, 1). */
  readonly random: number
}

/**
 * How long until the next try of the same number: the schedule's delay ±25 %, never sooner than Retry-After; null when the
 * schedule is exhausted and the number is given up, never the subscription (§7, RETRY-05).
 */
export function retryInMs({ attempt, scheduleMs, retryAfterMs, random }: FailedTry): number | null {
  const delayMs = scheduleMs[attempt - 1]
  if (delayMs === undefined) return null
  return Math.max(Math.round(delayMs * (0.75 + random / 2)), retryAfterMs)
}

const newerWaitMsMax = 15 * 60_000

/**
 * How long the first try of a newer number waits at a callback that fails: nothing where it failed once, then a quarter of
 * the time it has been failing, at most 15 minutes (a new update starts delivery again, RETRY-06, but a dead callback on
 * a busy topic must not be tried at every publication).
 */
export function newerWaitMs({ failures, failingForMs }: { failures: number; failingForMs: number }): number {
  if (failures <= 1) return 0
  return Math.min(newerWaitMsMax, Math.max(0, Math.round(failingForMs / 4)))
}

/** A failed try in its place between what the subscription has and what there is. */
export interface FailedBehind extends FailedTry, Numbers {
  readonly since: number
  readonly number: number
  readonly failures: number
  readonly failingForMs: number
}

/** What follows a failed try. */
export type Next =
  | {
      readonly kind: 'again'
      readonly since: number
      readonly number: number
      readonly inMs: number
      readonly newer: boolean
      readonly gaveUp: boolean
    }
  | { readonly kind: 'nothing' }

/**
 * `latest`: a newer number supersedes the one that failed and counts its tries anew (RETRY-11); without one, the schedule
 * runs out and the number is given up. `every`: the head is tried until it is given up, and the next begins.
 */
export function nextAfterFailure(failed: FailedBehind): Next {
  const { since, number, retryAfterMs } = failed
  const newer = owed(failed, number)
  if (newer !== null && isSuperseded(failed, number)) {
    const inMs = Math.max(newerWaitMs(failed), retryAfterMs)
    return { kind: 'again', since, number: newer, inMs, newer: true, gaveUp: false }
  }
  const inMs = retryInMs(failed)
  if (inMs !== null) return { kind: 'again', since, number, inMs, newer: false, gaveUp: false }
  if (newer === null) return { kind: 'nothing' }
  return { kind: 'again', since: number, number: newer, inMs: retryAfterMs, newer: true, gaveUp: true }
}

/** One try at an origin, as the breaker sees it. */
export interface Tried {
  /** Monotonic milliseconds. */
  readonly atMs: number
  readonly failed: boolean
  /** No connection came about at all. */
  readonly unconnected: boolean
}

/** As many of the latest tries as the rule looks at. */
export const triesKept = 20

const windowMs = 5 * 60_000
const triesMin = 10
const failedShare = 0.7
const unconnectedInARow = 5

/**
 * Whether an origin is to be left alone: of at least ten tries in five minutes 70 % failed, or the last five found
 * nobody to connect to.
 *
 * @param tries the latest, oldest first
 */
export function opens(tries: readonly Tried[], nowMs: number): boolean {
  const lastOnes = tries.slice(-unconnectedInARow)
  if (lastOnes.length === unconnectedInARow && lastOnes.every((tried) => tried.unconnected)) return true
  const recent = tries.filter((tried) => nowMs - tried.atMs <= windowMs)
  const failed = recent.filter((tried) => tried.failed).length
  return recent.length >= triesMin && failed >= recent.length * failedShare
}

/** The first probe comes after 30 s. */
export const probeWaitMsFirst = 30_000
const probeWaitMsMax = 10 * 60_000

/** A failed probe doubles the wait for the next, up to ten minutes. */
export function nextProbeWaitMs(waitMs: number): number {
  return Math.min(waitMs * 2, probeWaitMsMax)
}

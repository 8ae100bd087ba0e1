/** One try at an origin, as the breaker sees it. */
export interface Tried {
  /** Monotonic milliseconds. */
  readonly atMs: number
  readonly failed: boolean
  /** No connection came about at all. */
  readonly unconnected: boolean
}

/** As many of the latest tries as the rule looks at. */
export const triesKept = 10

const windowMs = 5 * 60_000
const unconnectedInARow = 5

/**
 * Whether an origin is to be left alone: the last ten tries that tell of it, within five minutes, all failed, or the last
 * five found nobody to connect to. One that answered is proof that the others failed by themselves, as callbacks of many
 * owners do who share a receiver.
 *
 * @param tries the latest, oldest first
 */
export function opens(tries: readonly Tried[], nowMs: number): boolean {
  const lastOnes = tries.slice(-unconnectedInARow)
  if (lastOnes.length === unconnectedInARow && lastOnes.every((tried) => tried.unconnected)) return true
  return tries.length === triesKept && tries.every((tried) => tried.failed && nowMs - tried.atMs <= windowMs)
}

/** The first probe comes after 30 s. */
export const probeWaitMsFirst = 30_000
const probeWaitMsMax = 10 * 60_000

/** A failed probe doubles the wait for the next, up to ten minutes. */
export function nextProbeWaitMs(waitMs: number): number {
  return Math.min(waitMs * 2, probeWaitMsMax)
}

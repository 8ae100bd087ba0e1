/** What this process remembers of the parts it looked for, so that those which take long wait for those which do not. */
export interface PartMemory {
  /** How long looking for it took the last time, Infinity if that was given up; null: it is not known. */
  tookMs(topic: string): number | null
  took(topic: string, tookMs: number): void
  /**
   * It took more than it may.
   *
   * @returns how long it is not looked for again, each time twice as long; and how often in a row that was
   */
  gaveUp(topic: string): { readonly restMs: number; readonly times: number }
  /** For how long it is still not looked for; 0: it may be. */
  restsForMs(topic: string): number
}

interface Known {
  readonly tookMs: number
  readonly timesGivenUp: number
  readonly restsUntilMs: number
}

const restMsMin = 60_000
const restMsMax = 3_600_000
/** Beyond, what was looked for longest ago is forgotten. */
const partsMax = 10_000

/** @param monotonicMs a clock that never jumps */
export function createPartMemory(monotonicMs: () => number): PartMemory {
  const parts = new Map<string, Known>()

  function remember(topic: string, known: Known): void {
    parts.delete(topic) // So that it stands last.
    parts.set(topic, known)
    const [oldest] = parts.keys()
    if (parts.size > partsMax && oldest !== undefined) parts.delete(oldest)
  }

  return {
    tookMs: (topic) => parts.get(topic)?.tookMs ?? null,
    took: (topic, tookMs) => remember(topic, { tookMs, timesGivenUp: 0, restsUntilMs: 0 }),
    gaveUp(topic) {
      const times = (parts.get(topic)?.timesGivenUp ?? 0) + 1
      const restMs = Math.min(restMsMin * 2 ** (times - 1), restMsMax)
      const restsUntilMs = monotonicMs() + restMs
      remember(topic, { tookMs: Number.POSITIVE_INFINITY, timesGivenUp: times, restsUntilMs })
      return { restMs, times }
    },
    restsForMs: (topic) => Math.max(Math.ceil((parts.get(topic)?.restsUntilMs ?? 0) - monotonicMs()), 0),
  }
}

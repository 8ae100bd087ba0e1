/** Who took how much time lately: what was spent counts half after a minute, a quarter after two. */
export interface Spent {
  add(owner: string, ms: number): void
  /** In milliseconds. */
  of(owner: string): number
  /** How long until no more than `ms` of it counts; 0: no more does. */
  untilBelow(owner: string, ms: number): number
}

const halfLifeMs = 60_000
/** Beyond, who was charged longest ago is forgotten. */
const ownersMax = 10_000

/** @param monotonicMs a clock that never jumps */
export function createSpent(monotonicMs: () => number): Spent {
  const charged = new Map<string, { readonly ms: number; readonly atMs: number }>()

  function of(owner: string): number {
    const last = charged.get(owner)
    return last === undefined ? 0 : last.ms * 2 ** ((last.atMs - monotonicMs()) / halfLifeMs)
  }

  return {
    of,
    add(owner, ms) {
      const total = of(owner) + ms
      charged.delete(owner) // So that it stands last, as the one charged most lately.
      charged.set(owner, { ms: total, atMs: monotonicMs() })
      const [oldest] = charged.keys()
      if (charged.size > ownersMax && oldest !== undefined) charged.delete(oldest)
    },
    untilBelow(owner, ms) {
      const spent = of(owner)
      return spent <= ms ? 0 : Math.ceil(halfLifeMs * Math.log2(spent / ms))
    },
  }
}

/**
 * Where a claim's index scan may begin. Claims walk the dead entries that claims before them left, and while another
 * session holds a snapshot these cannot be removed: `order by due_at` fell to a ninth of its speed, and kept 96 % with a
 * bound that trails what was last claimed (rule 7). The bound is only a hint: every few seconds one claim sweeps from the
 * beginning and finds whatever was put in behind it.
 */
export interface LowerBound<Value> {
  /** Where to begin now; null: from the beginning. */
  get(): Value | null
  /** The lowest value of what was just claimed. */
  claimed(lowest: Value): void
}

export function createLowerBound<Value>(
  monotonicMs: () => number,
  { trailMs = 2000, sweepEveryMs = 5000 }: { readonly trailMs?: number; readonly sweepEveryMs?: number } = {},
): LowerBound<Value> {
  let settled: Value | null = null
  let next: { readonly value: Value; readonly atMs: number } | null = null
  let sweptAtMs = Number.NEGATIVE_INFINITY

  return {
    get() {
      const nowMs = monotonicMs()
      if (nowMs - sweptAtMs >= sweepEveryMs) {
        sweptAtMs = nowMs
        return null
      }
      return settled
    },
    claimed(lowest) {
      const nowMs = monotonicMs()
      if (next !== null && nowMs - next.atMs < trailMs) return
      settled = next?.value ?? null
      next = { value: lowest, atMs: nowMs }
    },
  }
}

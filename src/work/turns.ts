/** Acts that would wait for each other in the database wait here instead, where that takes no connection. */
export interface Turns {
  /** Acts of one key run one after the other, as they came; of all keys only so many at once. */
  take<Result>(key: string, act: () => Promise<Result>): Promise<Result>
}

export function createTurns(atOnce: number): Turns {
  const lastOf = new Map<string, Promise<unknown>>()
  const waiting: (() => void)[] = []
  let open = 0

  async function inPlace<Result>(act: () => Promise<Result>): Promise<Result> {
    if (open < atOnce) open++
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await act()
    } finally {
      const next = waiting.shift()
      if (next === undefined) open--
      else next() // It takes this place.
    }
  }

  return {
    take(key, act) {
      const before = lastOf.get(key) ?? Promise.resolve()
      const acting = before.then(() => inPlace(act))
      const ended: Promise<unknown> = acting
        .catch(() => {}) // Whoever asked hears of it.
        .then(() => {
          if (lastOf.get(key) === ended) lastOf.delete(key)
        })
      lastOf.set(key, ended)
      return acting
    },
  }
}

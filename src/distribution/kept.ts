/** What is made once a key, however many ask, and kept while there is room for it; the oldest goes first. */
export interface Kept<Value> {
  /** What does not come to a value is made again by whoever asks next. */
  get(key: string, make: () => Promise<Value>): Promise<Value>
  /** Whether it is made, so that `get` need not wait. */
  has(key: string): boolean
}

export interface KeptSettings<Value> {
  readonly bytesMax: number
  readonly countMax: number
  /** Null: it is not worth keeping. */
  readonly bytesOf: (value: Value) => number | null
}

export function createKept<Value>({ bytesMax, countMax, bytesOf }: KeptSettings<Value>): Kept<Value> {
  const kept = new Map<string, Promise<Value>>()
  const sizes = new Map<string, number>()
  let bytes = 0

  function forget(key: string): void {
    kept.delete(key)
    bytes -= sizes.get(key) ?? 0
    sizes.delete(key)
  }

  function remember(key: string, size: number): void {
    if (!kept.has(key)) return
    sizes.set(key, size)
    bytes += size
    for (const oldest of kept.keys()) {
      if ((bytes <= bytesMax && kept.size <= countMax) || oldest === key) return
      forget(oldest)
    }
  }

  function settled(key: string, value: Value): void {
    const size = bytesOf(value)
    if (size === null) forget(key)
    else remember(key, size)
  }

  return {
    get(key, make) {
      const known = kept.get(key)
      if (known) return known
      const making = make()
      kept.set(key, making)
      making.then(
        (value) => settled(key, value),
        () => forget(key),
      )
      return making
    },
    has: (key) => sizes.has(key),
  }
}

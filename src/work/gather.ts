/**
 * Many writers, one write: what is added while a write runs goes into the next one together, as a database commits
 * groups. Nothing waits longer than the write before it.
 */
export interface Gather<Item> {
  /** Resolves once the item was written, rejects with what its write threw. */
  add(item: Item): Promise<void>
}

/** @param write is called with at least one and at most `itemsMax` items, one call at a time */
export function createGather<Item>(
  write: (items: readonly Item[]) => Promise<void>,
  { itemsMax = 500 }: { readonly itemsMax?: number } = {},
): Gather<Item> {
  let waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    writing = true
    // A turn of the event loop first: what ended in the same moment is written in the same statement.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const taken = waiting.slice(0, itemsMax)
      waiting = waiting.slice(itemsMax)
      try {
        await write(taken.map(({ item }) => item))
        for (const { resolve } of taken) resolve()
      } catch (error) {
        for (const { reject } of taken) reject(error)
      }
    }
    writing = false
  }

  return {
    add(item) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ item, resolve, reject })
      if (!writing) void writeAll()
      return promise
    },
  }
}

import type { Spent } from './spent.ts'

/** What waits for its turn: the lower rank first, then of whom least time was taken lately, then what came first. */
export interface Line<Item extends Owned> {
  /** @returns what leaves for it where the line is full, which may be the one that came; null: there was room */
  join(item: Item): Item | null
  /** Takes out whose turn it is; null: nobody waits. */
  next(): Item | null
  leave(item: Item): void
  /** Takes out all. */
  leaveAll(): readonly Item[]
  countOf(owner: string): number
}

export interface Owned {
  readonly owner: string
  readonly rank: number
}

export function createLine<Item extends Owned>(waitingMax: number, spent: Pick<Spent, 'of'>): Line<Item> {
  const waiting: Item[] = []

  function countOf(owner: string): number {
    return waiting.reduce((count, item) => (item.owner === owner ? count + 1 : count), 0)
  }

  /** The last of whoever has most waiting; among equals, of who took most time; then of who came last. */
  function surplus(): Item | null {
    const owners = [...new Set(waiting.map(({ owner }) => owner))].reverse().map((owner) => {
      return { owner, count: countOf(owner), spentMs: spent.of(owner) }
    })
    const [worst] = owners.sort((one, other) => other.count - one.count || other.spentMs - one.spentMs)
    return waiting.findLast(({ owner }) => owner === worst?.owner) ?? null
  }

  function leave(item: Item): void {
    const at = waiting.indexOf(item)
    if (at !== -1) waiting.splice(at, 1)
  }

  return {
    countOf,
    leave,
    join(item) {
      waiting.push(item)
      const leaves = waiting.length > waitingMax ? surplus() : null
      if (leaves !== null) leave(leaves)
      return leaves
    },
    next() {
      const [first] = waiting
        .map((item) => ({ item, spentMs: spent.of(item.owner) }))
        .sort((one, other) => one.item.rank - other.item.rank || one.spentMs - other.spentMs)
      if (first === undefined) return null
      leave(first.item)
      return first.item
    },
    leaveAll: () => waiting.splice(0),
  }
}

import { readSubscribers } from './batch-store.ts'
import type { Subscriber } from './broadcast-store.ts'
import type { DistributionParts } from './parts.ts'

/** The subscriptions of one claim, for attempts that begin late (rule 9). */
export interface Freshness {
  /** What the claim read may still be taken for true: it is under a second old. */
  asClaimed(): boolean
  /** As it is, or was within the last second; null: it ended, was unsubscribed, or its lease is over. */
  read(subscriptionId: number): Promise<Subscriber | null>
}

const freshMs = 1000

/** @param claimed all that the claim took: they are read together, once a second at most */
export function createFreshness(
  { db, world }: DistributionParts,
  claimed: readonly { readonly subscriptionId: number }[],
): Freshness {
  let readAtMs = world.monotonicMs()
  let reading: Promise<ReadonlyMap<number, Subscriber>> | null = null

  function readAll(): Promise<ReadonlyMap<number, Subscriber>> {
    readAtMs = world.monotonicMs()
    return readSubscribers(
      db,
      claimed.map(({ subscriptionId }) => subscriptionId),
      { now: world.now() },
    )
  }

  function isFresh(): boolean {
    return world.monotonicMs() - readAtMs < freshMs
  }

  return {
    asClaimed: () => reading === null && isFresh(),
    async read(subscriptionId) {
      if (reading === null || !isFresh()) reading = readAll()
      return (await reading).get(subscriptionId) ?? null
    },
  }
}

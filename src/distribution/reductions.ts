import { isJson } from '../feeds/entries.ts'
import type { Reduced } from '../feeds/reduce.ts'
import type { ClaimedBatch, PlacedSubscriber, Subscriber } from './broadcast-store.ts'
import { createKept } from './kept.ts'
import type { DistributionParts } from './parts.ts'
import type { Publication } from './publication-store.ts'
import type { Publications } from './publications.ts'
import { createReducer } from './reducer.ts'
import type { Owing } from './settlement.ts'

/** Publications as one subscription gets them: feeds reduced to what it lacks, where that is wanted and possible. */
export interface Reductions {
  /** `publication` itself, or a smaller one under its number; null: it says nothing new to the subscription. */
  read(publication: Publication, subscriber: Subscriber, owing: Pick<Owing, 'since'>): Promise<Publication | null>
  /** Those of a batch for whom `read` answers at once, and those for whom something is to be cut. */
  sorted(batch: ClaimedBatch): Record<'ready' | 'unready', readonly PlacedSubscriber[]>
  /** Cuts what `read` will be asked for. */
  prepare(batch: ClaimedBatch, unready: readonly Subscriber[]): Promise<void>
  close(): Promise<void>
}

/** Waiting for the reducer must leave an attempt the time it has under its claim (rule 8). */
const reduceTimeoutMs = 8000
const waitingMax = 16
/** Two feeds of 10 MiB take a third of it. */
const heapMegabytesMax = 1024
/** Publications that are made into one, and their bytes together; beyond, the newest goes out whole. */
const mergedMax = 32
const mergedBytesMax = 32 * 1024 ** 2
const keptBytesMax = 64 * 1024 ** 2
const keptMax = 1000

export function createReductions(parts: DistributionParts, publications: Publications): Reductions {
  const onError = (error: unknown) => parts.events.dutyFailed({ duty: 'feeds', error })
  const reducer = createReducer({ timeoutMs: reduceTimeoutMs, waitingMax, heapMegabytesMax, onError })
  const kept = createKept<Publication | null>({
    bytesMax: keptBytesMax,
    countMax: keptMax,
    bytesOf: (publication) => publication?.body.length ?? 0,
  })

  async function reduced(publication: Publication, since: number): Promise<Publication | null> {
    const { topicId, number } = publication
    const result = await reducedFrom(publication, since)
    const { kind } = result
    const why = kind === 'whole' ? { why: result.why } : {}
    parts.events.feedReduced({ topicId, since, number, result: kind, ...why })
    if (kind === 'nothing') return null
    return kind === 'reduced' ? { ...publication, body: result.body } : publication
  }

  async function reducedFrom(publication: Publication, since: number): Promise<Reduced> {
    const [had, ...later] = await publicationsFrom(since, publication)
    if (had === undefined || later.length === 0)
      return { kind: 'whole', why: 'The publications before are not kept, or too many.' }
    return reducer.reduce(had, later)
  }

  /** From number `since` to the newest; none where one is missing or they are too much. */
  async function publicationsFrom(since: number, newest: Publication): Promise<readonly Publication[]> {
    const { topicId, number } = newest
    if (number - since > mergedMax) return []
    const found = [newest]
    let bytes = newest.body.length
    for (let before = number - 1; before >= since; before--) {
      const publication = await publications.read(topicId, before)
      bytes += publication?.body.length ?? 0
      if (publication === null || bytes > mergedBytesMax) return []
      found.unshift(publication)
    }
    return found
  }

  function isWanted(subscriber: Subscriber, since: number): boolean {
    // What it has is not known, or it has nothing.
    if (since <= Math.max(subscriber.joined, subscriber.missed)) return false
    return (subscriber.feedDelivery ?? parts.config.FEED_DELIVERY) === 'new-entries'
  }

  async function read(publication: Publication, subscriber: Subscriber, since: number): Promise<Publication | null> {
    if (!isWanted(subscriber, since)) return publication
    // §3.1.1.3 speaks of Atom and RSS alone: JSON Feed is reduced only for who asked.
    if (!subscriber.feedDeliveryAsked && isJson(publication)) return publication
    return kept.get(keyOf(publication, since), () => reduced(publication, since))
  }

  return {
    read: (publication, subscriber, { since }) => read(publication, subscriber, since),
    sorted(batch) {
      const isReady = (each: Subscriber) => !isWanted(each, each.since) || kept.has(keyOf(batch, each.since))
      const groups = Map.groupBy(batch.subscribers, isReady)
      return { ready: groups.get(true) ?? [], unready: groups.get(false) ?? [] }
    },
    async prepare({ topicId, number }, unready) {
      const publication = await publications.read(topicId, number)
      if (publication === null) return
      await Promise.all(unready.map((subscriber) => read(publication, subscriber, subscriber.since)))
    },
    close: reducer.close,
  }
}

function keyOf({ topicId, number }: Pick<Publication, 'topicId' | 'number'>, since: number): string {
  return `${topicId} ${since} ${number}`
}

import type { Db } from '../db/schema.ts'
import { type Publication, readPublication } from './publication-store.ts'

/** Reads each publication once, however many batches carry it. */
export interface Publications {
  /** Null where it is no longer kept. */
  read(topicId: number, number: number): Promise<Publication | null>
}

const keptBytesMax = 64 * 1024 ** 2
const keptMax = 1000

export function createPublications(db: Db): Publications {
  const kept = new Map<string, Promise<Publication | null>>()
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
      if ((bytes <= keptBytesMax && kept.size <= keptMax) || oldest === key) return
      forget(oldest)
    }
  }

  return {
    read(topicId, number) {
      const key = `${topicId} ${number}`
      const known = kept.get(key)
      if (known) return known
      const reading = readPublication(db, { topicId, number })
      kept.set(key, reading)
      reading.then(
        (publication) => (publication === null ? forget(key) : remember(key, publication.body.length)),
        () => forget(key),
      )
      return reading
    },
  }
}

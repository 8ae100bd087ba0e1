import type { Db } from '../db/schema.ts'
import { createKept } from './kept.ts'
import { type Publication, readPublication } from './publication-store.ts'

/** Reads each publication once, however many batches carry it. */
export interface Publications {
  /** Null where it is no longer kept. */
  read(topicId: number, number: number): Promise<Publication | null>
}

export function createPublications(db: Db): Publications {
  const kept = createKept<Publication | null>({
    bytesMax: 64 * 1024 ** 2,
    countMax: 1000,
    bytesOf: (publication) => publication?.body.length ?? null,
  })
  return {
    read: (topicId, number) => kept.get(`${topicId} ${number}`, () => readPublication(db, { topicId, number })),
  }
}

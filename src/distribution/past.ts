import type { Db } from '../db/schema.ts'
import { type Publication, readPublication } from './publication-store.ts'

/** Publications that are read at one go, and their bytes together: what stands further back is not looked for. */
const publicationsMax = 50
const bytesMax = 32 * 1024 ** 2

/**
 * A topic's publications that are kept, the newest first; what only repeats another is passed by. The first comes whatever
 * its size. Read past what deliveries share, which has no room for the past.
 */
export async function* pastPublications(
  db: Db,
  { topicId, through }: { readonly topicId: number; readonly through?: number },
): AsyncGenerator<Publication> {
  const rows = await db
    .selectFrom('publication')
    .select('number')
    .where('topic_id', '=', topicId)
    .where('repeats', '=', false)
    .where('number', '<=', through ?? Number.MAX_SAFE_INTEGER)
    .orderBy('number', 'desc')
    .limit(publicationsMax)
    .execute()
  let bytes = 0
  for (const { number } of rows) {
    const publication = await readPublication(db, { topicId, number })
    if (publication === null) continue
    if (bytes > 0 && bytes + publication.body.length > bytesMax) return
    bytes += publication.body.length
    yield publication
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Format } from '../db/schema.ts'
import type { Publication } from '../distribution/publication-store.ts'
import { noteWanted } from '../publishing/change.ts'
import { beginReading } from '../publishing/reading-store.ts'
import { RequestRefused } from '../refusal.ts'
import { pageOf, urlKey } from '../url-key.ts'
import { refused } from './parameters.ts'
import type { SuperfeedrParts } from './parts.ts'

/** As long as a client that waits for it may be kept, and less than the patience with Postgres. */
const waitMsMax = 5000
const lookEveryMs = 100
/** How long a topic that nobody subscribes to yet is kept for it. */
const keptMs = 60_000
const waitersMax = 64

/**
 * The topic's newest content in the form asked for, fetched where there is none yet. Before subscribing, so that whoever gets it as the answer does
 * not get it as a notification too.
 *
 * @throws {RequestRefused} 422 where the topic cannot be fetched (SF-19), or not in time; 503 where enough clients wait for theirs
 */
export type FirstContent = (topic: string, format: Format | null) => Promise<Publication>

export function createFirstContent(parts: SuperfeedrParts): FirstContent {
  let waiters = 0

  async function content(topic: string): Promise<Publication> {
    const known = await newestOf(parts, topic)
    if (known !== null) return known
    if (waiters >= waitersMax) throw crowded()
    waiters += 1
    return fetched(parts, topic).finally(() => {
      waiters -= 1
    })
  }

  return async (topic, format) => {
    const newest = await content(topic)
    return format === null ? newest : parts.forms.read(newest, format)
  }
}

async function fetched(parts: SuperfeedrParts, topic: string): Promise<Publication> {
  const askedAt = parts.world.now()
  await beginReading(parts.db, topic, { until: new Date(askedAt.getTime() + keptMs) })
  await noteWanted(parts, topic)
  const untilMs = performance.now() + waitMsMax
  while (performance.now() < untilMs) {
    await pause(lookEveryMs)
    const content = await newestOf(parts, topic)
    if (content !== null) return content
    const failed = await failedFetch(parts, topic, { since: askedAt })
    if (failed !== null) throw refused('hub.topic', failed)
  }
  throw refused('hub.topic', 'could not be fetched in time: it is asked on; subscribe without retrieve=true meanwhile')
}

async function newestOf({ db, publications }: SuperfeedrParts, topic: string): Promise<Publication | null> {
  const row = await db
    .selectFrom('topic')
    .select(['id', 'newest'])
    .where('key', '=', urlKey(topic))
    .where('newest', '>', 0)
    .executeTakeFirst()
  return row === undefined ? null : publications.read(row.id, row.newest)
}

/** Why a topic has no content, as the end of a sentence; null: it, or the page that it is a part of, is still being read. */
async function failedFetch(
  { db }: SuperfeedrParts,
  topic: string,
  { since }: { readonly since: Date },
): Promise<string | null> {
  const page = await fetchedSince(db, pageOf(topic), since)
  if (page === null) return null
  if (page.newest === 0) return 'could not be fetched: it has to answer 200, with content'
  // Its fetch has made the page's parts due.
  const part = await fetchedSince(db, topic, since)
  return part !== null && part.newest === 0 && part.dueAt === null
    ? 'has a fragment that nothing on its page answers to as of now'
    : null
}

async function fetchedSince(
  db: Db,
  url: string,
  since: Date,
): Promise<{ readonly newest: number; readonly dueAt: Date | null } | null> {
  const row = await db
    .selectFrom('topic')
    .select(['newest', 'due_at as dueAt'])
    .where('key', '=', urlKey(url))
    .where('fetched_at', '>=', since)
    .executeTakeFirst()
  return row ?? null
}

function crowded(): RequestRefused {
  return new RequestRefused('Too many clients wait for the first content of their topics: try again soon.', {
    status: 503,
    retryAfterSeconds: 5,
  })
}

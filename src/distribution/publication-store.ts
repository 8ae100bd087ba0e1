import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import { readAlongBytesMax, readBody, storeContent } from './content-store.ts'

/** What one number of a topic says: everything a notification needs besides its subscription. */
export interface Publication {
  readonly topicId: number
  /** As it was subscribed to; what the document calls itself is `selfUrl`. */
  readonly topicUrl: string
  readonly number: number
  readonly body: Buffer
  readonly contentType: string
  readonly selfUrl: string
  readonly hubUrls: readonly string[]
  readonly publishedAt: Date
}

export interface NewPublication {
  readonly topicId: number
  /** At least one byte: empty content is nothing to deliver (DIST-23). */
  readonly body: Buffer
  /** Of `body`. */
  readonly sha256: Buffer
  readonly contentType: string
  readonly selfUrl: string
  /** At least one; this hub first (DIST-24). */
  readonly hubUrls: readonly string[]
  readonly now: Date
}

/**
 * Gives content the topic's next number and sets it on its way to everyone. The caller's transaction holds the topic row
 * `for update`: whoever deletes backlog or ends a broadcast holds it `for share`, so neither can miss this number (rule 1).
 *
 * @returns the number
 */
export async function publish(tx: Db, publication: NewPublication): Promise<number> {
  const { topicId, body, sha256, contentType, selfUrl, hubUrls, now } = publication
  const newest = await newestPublication(tx, topicId)
  const contentId = newest?.sha256.equals(sha256) === true ? newest.contentId : await storeContent(tx, { sha256, body })
  return number(tx, {
    topic_id: topicId,
    content_id: contentId,
    content_type: contentType,
    self_url: selfUrl,
    hub_urls: [...hubUrls],
    repeats: false,
    published_at: now,
  })
}

/**
 * The newest content once more, under a new number, for exactly those who joined since it was published and have received
 * nothing. Same lock as `publish`. Not where each number is a fact of its own: there whoever joins is owed what comes
 * after, and the others would miss a number.
 *
 * @returns the number, or null where nobody joined since or nothing was ever published
 */
export async function repeatForNewcomers(
  tx: Db,
  { topicId, now }: { readonly topicId: number; readonly now: Date },
): Promise<number | null> {
  const newest = await newestPublication(tx, topicId)
  if (newest === null) return null
  const newcomer = await tx
    .selectFrom('subscription as s')
    .innerJoin('topic', 'topic.id', 'topic_id')
    .select('s.id')
    .where('topic_id', '=', topicId)
    .where('topic.delivery', '=', 'latest')
    .where('joined', '>=', newest.number)
    .where(leaseHolds(now))
    .limit(1)
    .executeTakeFirst()
  if (newcomer === undefined) return null
  return number(tx, {
    topic_id: topicId,
    content_id: newest.contentId,
    content_type: newest.contentType,
    self_url: newest.selfUrl,
    hub_urls: [...newest.hubUrls],
    repeats: true,
    published_at: now,
  })
}

/**
 * Leaves out a number, where each is a fact of its own and there may have been one that nobody can tell: whoever follows the
 * topic sees that something is missing. Same lock as `publish`.
 */
export async function skipNumber(tx: Db, topicId: number): Promise<void> {
  await tx
    .updateTable('topic')
    .set({ newest: sql`newest + 1` })
    .where('id', '=', topicId)
    .where('delivery', '=', 'every')
    .where('newest', '>', 0) // Before the first there is nothing to follow.
    .execute()
}

export interface NewestPublication {
  readonly number: number
  readonly contentId: number
  readonly sha256: Buffer
  readonly contentType: string
  readonly selfUrl: string
  readonly hubUrls: readonly string[]
}

/** The topic's newest publication without its bytes; null before the first. */
export async function newestPublication(db: Db, topicId: number): Promise<NewestPublication | null> {
  const row = await db
    .selectFrom('publication')
    .innerJoin('content', 'content.id', 'publication.content_id')
    .select(['number', 'content_id', 'sha256', 'content_type', 'self_url', 'hub_urls'])
    .where('topic_id', '=', topicId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    number: row.number,
    contentId: row.content_id,
    sha256: row.sha256,
    contentType: row.content_type,
    selfUrl: row.self_url,
    hubUrls: row.hub_urls,
  }
}

/** One publication with its bytes; null where it is no longer kept. */
export async function readPublication(
  db: Db,
  { topicId, number }: { readonly topicId: number; readonly number: number },
): Promise<Publication | null> {
  const row = await db
    .selectFrom('publication')
    .innerJoin('content', 'content.id', 'publication.content_id')
    .innerJoin('topic', 'topic.id', 'publication.topic_id')
    .select(['topic.url', 'content_id', 'content_type', 'publication.self_url', 'publication.hub_urls', 'published_at'])
    .select(sql<number>`octet_length(body)`.as('bytes'))
    .select(sql<Buffer | null>`case when octet_length(body) <= ${readAlongBytesMax} then body end`.as('body'))
    .where('topic_id', '=', topicId)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row === undefined) return null
  const body = row.body ?? (await readBody(db, { id: row.content_id, bytes: row.bytes }))
  if (body === null) return null
  return {
    topicId,
    topicUrl: row.url,
    number,
    body,
    contentType: row.content_type,
    selfUrl: row.self_url,
    hubUrls: row.hub_urls,
    publishedAt: row.published_at,
  }
}

/** The last of the numbers from this one on, itself not kept, of which none is kept: who is owed them gives them up together. */
export async function lostThrough(
  db: Db,
  { topicId, number }: { readonly topicId: number; readonly number: number },
): Promise<number> {
  const kept = await db
    .selectFrom('publication')
    .select('number')
    .where('topic_id', '=', topicId)
    .where('number', '>', number)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
  return kept === undefined ? number : kept.number - 1
}

/**
 * Removes publications published before `before`, except each topic's newest, which lives as long as the topic's
 * validators (rule 15: else a 304 would leave newcomers with nothing), and what a broadcast still carries.
 *
 * @returns how many went; fewer than `limit` means none is left to go
 */
export async function prunePublications(
  db: Db,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<number> {
  const result = await sql`
    with old as (
      select p.topic_id, p.number
      from publication p join topic t on t.id = p.topic_id
      where p.published_at < ${before} and p.number < t.newest
        and not exists (select from broadcast b where b.topic_id = p.topic_id and p.number between b.from_number and b.to_number)
      order by p.published_at
      limit ${limit}
    )
    delete from publication p using old
    where p.topic_id = old.topic_id and p.number = old.number
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

interface Numbered {
  readonly topic_id: number
  readonly content_id: number
  readonly content_type: string
  readonly self_url: string
  readonly hub_urls: string[]
  readonly repeats: boolean
  readonly published_at: Date
}

/** Takes the next number and, unless a broadcast of the topic runs (it carries on to this number by itself), starts one. */
async function number(tx: Db, publication: Numbered): Promise<number> {
  const { newest } = await tx
    .updateTable('topic')
    .set({ newest: sql`newest + 1` })
    .where('id', '=', publication.topic_id)
    .returning('newest')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('publication')
    .values({ ...publication, number: newest })
    .execute()
  await tx
    .insertInto('broadcast')
    .values({
      topic_id: publication.topic_id,
      from_number: newest - 1,
      to_number: newest,
      newcomers_only: publication.repeats,
      turn: sql`nextval('broadcast_turn_taken')`,
    })
    .onConflict((conflict) => conflict.column('topic_id').doNothing())
    .execute()
  return newest
}

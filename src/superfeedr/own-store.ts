import { sql } from 'kysely'
import type { Db, Format } from '../db/schema.ts'
import { urlKey } from '../url-key.ts'
import { nowhere, type Search, type UrlSearch } from './request.ts'

/** What belongs to a login: subscriptions whose leases run, and topics it pulls, whose callback is `/dev/null`. */
export interface Own {
  readonly topicId: number
  /** As given. */
  readonly topic: string
  readonly callback: string
  readonly sealedSecret: Buffer | null
  readonly format: Format | null
}

export interface OwnListed extends Own {
  readonly fetchedAt: Date | null
  /** How the newest content begins, for the feed's title; null: there is none yet. */
  readonly beginning: Buffer | null
  readonly contentType: string | null
}

/** A title stands within this, or it is done without. */
const beginningBytesMax = 8 * 1024

/** A page of what is a login's own, in the order it was made. */
export async function listOwn(
  db: Db,
  owner: string,
  {
    now,
    page,
    byPage,
    search,
  }: { readonly now: Date; readonly page: number; readonly byPage: number; readonly search: Search },
): Promise<readonly OwnListed[]> {
  const { rows } = await sql<OwnListed>`
    with own as materialized (
      ${owned(owner, now)}
    ), page as materialized (
      select * from own
      where ${isLike('topic', search.feed)} and ${isLike('callback', search.endpoint)}
        and (${search.format}::text is null or format = ${search.format})
      order by place, id limit ${byPage} offset ${(page - 1) * byPage}
    )
    select page.topic_id as "topicId", page.topic, page.callback, page.secret as "sealedSecret", page.format,
      topic.fetched_at as "fetchedAt", substring(content.body from 1 for ${beginningBytesMax}::int) as beginning,
      publication.content_type as "contentType"
    from page join topic on topic.id = page.topic_id
    left join publication on publication.topic_id = topic.id and publication.number = topic.newest
    left join content on content.id = publication.content_id
    order by page.place, page.id
  `.execute(db)
  return rows
}

/**
 * What a login has of a topic, or with a callback, or both.
 *
 * @returns at most `limit`
 */
export async function findOwn(
  db: Db,
  owner: string,
  {
    topic,
    callback,
    now,
    limit,
  }: {
    readonly topic: string | null
    readonly callback: string | null
    readonly now: Date
    readonly limit: number
  },
): Promise<readonly Own[]> {
  const topicKey = topic === null ? null : urlKey(topic)
  const { rows } = await sql<Own>`
    with own as (${owned(owner, now)})
    select own.topic_id as "topicId", own.topic, own.callback, own.secret as "sealedSecret", own.format
    from own join topic on topic.id = own.topic_id
    where (${topicKey}::bytea is null or topic.key = ${topicKey})
      and (${callback}::text is null or ${callback === null || callback === nowhere ? sql`own.callback = ${callback}` : sql`own.callback_key = ${urlKey(callback)}`})
    order by own.place, own.id limit ${limit}
  `.execute(db)
  return rows
}

/** A login's own subscription; null: there is none whose lease runs. */
export async function findSubscription(
  db: Db,
  owner: string,
  { topic, callback, now }: { readonly topic: string; readonly callback: string; readonly now: Date },
): Promise<{ readonly subscriptionId: number; readonly topicId: number; readonly origin: string } | null> {
  const row = await db
    .selectFrom('subscription as s')
    .innerJoin('topic as t', 't.id', 's.topic_id')
    .select(['s.id as subscriptionId', 's.topic_id as topicId', 's.origin'])
    .where('t.key', '=', urlKey(topic))
    .where('s.callback_key', '=', urlKey(callback))
    .where('s.owner', '=', owner)
    .where('s.lease_ends_at', '>', now)
    .executeTakeFirst()
  return row ?? null
}

function owned(owner: string, now: Date) {
  return sql`
    select 0 as place, id, topic_id, topic, callback, callback_key, secret, format from subscription
    where owner = ${owner} and lease_ends_at > ${now}
    union all
    select 1, id, topic_id, topic, ${nowhere}, null, secret, format from pull where owner = ${owner}
  `
}

function isLike(column: 'topic' | 'callback', { url, inurl, hostname }: UrlSearch) {
  const value = sql.ref(column)
  return sql`(
    (${url}::text is null or ${value} = ${url})
    and (${inurl}::text is null or position(lower(${inurl}) in lower(${value})) > 0)
    and (${hostname}::text is null or lower(substring(${value} from '^[A-Za-z]+://([^/:?#]+)')) = lower(${hostname}))
  )`
}

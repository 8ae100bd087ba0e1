import { type RawBuilder, sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import type { NamedLinks } from './links.ts'
import type { NextFetch } from './next-fetch.ts'
import type { Poll } from './poll.ts'
import type { Validators } from './revalidation.ts'

/** A topic whose fetch was claimed, as it was then. */
export interface ClaimedTopic {
  readonly id: number
  readonly url: string
  readonly origin: string
  readonly token: string
  readonly validators: Validators
  /** What its last answer named. */
  readonly links: NamedLinks
  readonly pings: number
  /** Fetches since the last notice, this one included. */
  readonly attempt: number
  readonly rechecks: number
  /** Asked for by another topic's alias. */
  readonly derived: boolean
  /** Somebody's lease runs, or streams read it. If not, the fetch is to learn of aliases alone. */
  readonly subscribed: boolean
  /** An operator has it polled. */
  readonly poll: Poll | null
  /** Parts of it are topics. */
  readonly hasFragments: boolean
  /** It is itself a part: of which page, and through which number of that it was looked for. */
  readonly fragment: { readonly pageId: number; readonly looked: number } | null
}

export interface FetchClaim {
  readonly now: Date
  /** When the claim lapses. */
  readonly until: Date
  readonly token: string
  readonly limit: number
  readonly perOriginLimit: number
  readonly busyOrigins: readonly string[]
  /** Where the index scan may begin (`work/lower-bound.ts`). */
  readonly dueFrom: Date | null
}

/** Rows one claim looks at, of whatever origin. */
const examinedMax = 1000

export interface TopicsClaimed {
  readonly topics: readonly ClaimedTopic[]
  /** The earliest due instant among them; null: none was claimed. */
  readonly lowestDue: Date | null
  /** Rows that are due were locked at this moment, by a settle for instance: worth another look shortly. */
  readonly passedBy: boolean
}

/**
 * Claims topics that are due, a few of each origin, so that a thousand topics of one server let the next server's pass
 * (FETCH-14). The claim marks what comes after it as derived; a publisher's ping takes that back. Where a claim lapsed,
 * its fetch may have been a publisher's.
 */
export async function claimDueTopics(db: Db, claim: FetchClaim): Promise<TopicsClaimed> {
  const { now, until, token, limit, perOriginLimit, busyOrigins, dueFrom } = claim
  const { rows } = await sql<ClaimedRow | NoneClaimed>`
    with due as materialized (
      select id, due_at, row_number() over (partition by origin order by due_at, id) as place
      from (
        select id, origin, due_at from topic
        where due_at <= ${now} and due_at >= ${dueFrom ?? '-infinity'}::timestamptz and parked_at is null
          and origin <> all (${busyOrigins}::text[])
        order by due_at
        limit ${examinedMax}
      ) examined
    ), wanted as materialized (
      select id from due where place <= ${perOriginLimit} order by due_at, id limit ${limit}
    ), locked as materialized (
      select id, due_at as was_due_at, derived and token is null as was_derived from topic
      where id in (select id from wanted) and due_at <= ${now} and parked_at is null
      for no key update skip locked
    ), claimed as (
      update topic set due_at = ${until}, token = ${token}, attempt = attempt + 1, derived = true
      from locked where topic.id = locked.id
      returning topic.id, url, origin, etag, last_modified, self_url, hub_urls, pings, attempt, rechecks,
        was_derived, was_due_at,
        ${hasReaders(now)} as subscribed
    )
    select claimed.*, poll.every_ms, poll.slowest_ms, poll.pace_ms, seen.wanted, fragment.page_id, fragment.looked,
      exists (select from fragment where page_id = claimed.id) as has_fragments
    from (select count(*)::int as wanted from wanted) seen
    left join claimed on true
    left join poll on poll.topic_id = claimed.id and poll.ended_why is null
    left join fragment on fragment.topic_id = claimed.id
  `.execute(db)
  const claimed = rows.filter((row) => row.id !== null)
  const dueMs = claimed.map(({ was_due_at }) => was_due_at.getTime())
  return {
    topics: claimed.map((row) => claimedTopic(row, token)),
    lowestDue: claimed.length === 0 ? null : new Date(Math.min(...dueMs)),
    passedBy: claimed.length < (rows[0]?.wanted ?? 0),
  }
}

interface NoneClaimed {
  readonly id: null
  readonly wanted: number
}

interface ClaimedRow {
  readonly id: number
  readonly url: string
  readonly origin: string
  readonly etag: string | null
  readonly last_modified: string | null
  readonly self_url: string | null
  readonly hub_urls: readonly string[]
  readonly pings: number
  readonly attempt: number
  readonly rechecks: number
  readonly was_derived: boolean
  readonly was_due_at: Date
  readonly subscribed: boolean
  readonly every_ms: number | null
  readonly slowest_ms: number
  readonly pace_ms: number
  readonly page_id: number | null
  readonly looked: number
  readonly has_fragments: boolean
  readonly wanted: number
}

function claimedTopic(row: ClaimedRow, token: string): ClaimedTopic {
  const { id, url, origin, pings, attempt, rechecks, subscribed } = row
  return {
    ...{ id, url, origin, token, pings, attempt, rechecks, subscribed },
    validators: { etag: row.etag, lastModified: row.last_modified },
    links: { self: row.self_url, hubs: row.hub_urls },
    derived: row.was_derived,
    poll: row.every_ms === null ? null : { everyMs: row.every_ms, slowestMs: row.slowest_ms, paceMs: row.pace_ms },
    hasFragments: row.has_fragments,
    fragment: row.page_id === null ? null : { pageId: row.page_id, looked: row.looked },
  }
}

/** What may have changed since the claim. */
export interface HeldTopic {
  readonly pings: number
  readonly derived: boolean
  readonly rechecks: number
}

/**
 * Locks a claimed topic `for update`, as `publish` needs it; null where the claim is no longer ours: it lapsed, or content was
 * handed over meanwhile, which is newer than what was fetched (rule 12).
 */
export async function holdClaimed(
  tx: Db,
  { id, token }: { readonly id: number; readonly token: string },
): Promise<HeldTopic | null> {
  const row = await tx
    .selectFrom('topic')
    .select(['pings', 'derived', 'rechecks'])
    .where('id', '=', id)
    .where('token', '=', token)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

/** Somebody's lease runs, or streams read it. */
export async function isSubscribed(db: Db, topicId: number, { now }: { readonly now: Date }): Promise<boolean> {
  const row = await db
    .selectFrom('topic')
    .select('id')
    .where('id', '=', topicId)
    .where(hasReaders(now))
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Of `topic`: whoever subscribes, pulls it without a callback, or reads it as a stream. A part of it counts as long as that is
 * a topic: for about a minute beyond its last reader, until it is pruned.
 */
export function hasReaders(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(
    coalesce(topic.read_until > ${now}, false)
    or exists (select from subscription s where s.topic_id = topic.id and ${leaseHolds(now)})
    or exists (select from pull where topic_id = topic.id)
    or exists (select from fragment where page_id = topic.id)
  )`
}

/** What an answer leaves with its topic. */
export interface Learned {
  readonly validators?: Validators
  readonly links?: NamedLinks
}

/** Ends a claim: what was learned, in a word what came of it, and when the next fetch is due. */
export async function releaseTopic(
  tx: Db,
  id: number,
  settled: { readonly next: NextFetch; readonly result: string; readonly now: Date } & Learned,
): Promise<void> {
  const { next, result, now, validators, links } = settled
  await tx
    .updateTable('topic')
    .set({
      token: null,
      due_at: next.inMs === null ? null : new Date(now.getTime() + next.inMs),
      attempt: next.attempt,
      rechecks: next.rechecks,
      derived: next.derived,
      fetched_at: now,
      result,
      ...(validators === undefined ? {} : { etag: validators.etag, last_modified: validators.lastModified }),
      ...(links === undefined ? {} : { self_url: links.self, hub_urls: [...links.hubs] }),
    })
    .where('id', '=', id)
    .execute()
}

/** Removes a topic that is not due, was never published, and that nobody subscribes to or reads. */
export async function removeUnused(tx: Db, id: number, { now }: { readonly now: Date }): Promise<void> {
  await sql`delete from topic where id = ${id} and newest = 0 and ${isUnused(now)}`.execute(tx)
}

/** Topics one prune looks at, from a random place on and from the first: a small hub's are all looked at every time. */
const prunedOfMax = 10_000

/**
 * Removes unused topics with their publications, at most about `limit` rows. The validators go in the same transaction as
 * the content: a 304 would otherwise leave the next subscriber with nothing (rule 15).
 *
 * @returns how many rows went; fewer than `limit` means none is left to go among those that were looked at
 */
export async function pruneTopics(
  db: Db,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  return transaction(db, async (tx) => {
    const locked = await sql<{ id: number }>`
      with place as (
        select floor(random() * max(id))::bigint as id from topic
      ), examined as materialized (
        (select id from topic where id >= (select id from place) order by id limit ${prunedOfMax})
        union all
        (select id from topic where id < (select id from place) order by id limit ${prunedOfMax})
      )
      select id from topic
      where id in (select id from examined) and ${isUnused(now)}
      order by id
      limit ${limit}
      for update skip locked
    `.execute(tx)
    const ids = locked.rows.map(({ id }) => id)
    if (ids.length === 0) return 0
    // A statement of its own: somebody may have subscribed between the look and the lock.
    const unused = await sql<{ id: number }>`
      update topic set etag = null, last_modified = null where id = any (${ids}::bigint[]) and ${isUnused(now)} returning id
    `.execute(tx)
    const unusedIds = unused.rows.map(({ id }) => id)
    const publications = await sql`
      delete from publication where (topic_id, number) in (
        select topic_id, number from publication where topic_id = any (${unusedIds}::bigint[]) limit ${limit}
      )
    `.execute(tx)
    const topics = await sql`
      delete from topic where id = any (${unusedIds}::bigint[])
        and not exists (select from publication where topic_id = topic.id)
    `.execute(tx)
    return Number(publications.numAffectedRows ?? 0) + Number(topics.numAffectedRows ?? 0)
  })
}

/**
 * Neither due (as a polled topic always is) nor read nor subscribed to, nothing of it on its way or to be remembered, no part of
 * it a topic, and no key in force handed it over.
 */
function isUnused(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(
    topic.due_at is null and topic.feed_delivery is null
    and (topic.read_until is null or topic.read_until <= ${now})
    and not exists (select from subscription where topic_id = topic.id)
    and not exists (select from pull where topic_id = topic.id)
    and not exists (select from fragment where page_id = topic.id)
    and not exists (select from broadcast where topic_id = topic.id)
    and not exists (select from idempotency where topic_id = topic.id)
    and not exists (select from publisher_key where id = topic.publisher_key_id and revoked_at is null)
  )`
}

import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import { emptyBitmap, isDone } from './bitmap.ts'
import { type ClaimedBatch, feedDelivery, type Subscriber } from './broadcast-store.ts'

/** How far a batch has come. */
export interface BatchProgress {
  readonly id: number
  readonly topicId: number
  readonly token: string
  /** One bit a subscriber, in order, lowest bit first. */
  readonly done: Buffer
  readonly complete: boolean
}

/**
 * Writes how far batches have come and moves their claims on; complete ones go, and are taken off their broadcast's count
 * under its row's lock (rule 2: two last settles in two statements would each see the other's batch). Only batches whose
 * token is still ours are touched (rule 8).
 *
 * @returns the ids that were ours; nothing may be written for the others
 */
export async function settleBatches(
  tx: Db,
  batches: readonly BatchProgress[],
  { until }: { readonly until: Date },
): Promise<ReadonlySet<number>> {
  if (batches.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    with told as materialized (
      select * from unnest(
        ${batches.map(({ id }) => id)}::bigint[],
        ${batches.map(({ token }) => token)}::uuid[],
        ${batches.map(({ done }) => done)}::bytea[],
        ${batches.map(({ complete }) => complete)}::boolean[]
      ) as t (id, token, done, complete)
    ), gone as (
      delete from batch b using told t
      where t.complete and b.id = t.id and b.token = t.token
      returning b.id, b.topic_id
    ), moved as (
      update batch b set done = t.done, claimed_until = ${until}
      from told t
      where not t.complete and b.id = t.id and b.token = t.token
      returning b.id
    ), counted as (
      update broadcast b set open_batches = b.open_batches - g.batches
      from (select topic_id, count(*)::int as batches from gone group by topic_id order by topic_id) g
      where b.topic_id = g.topic_id
    )
    select id from gone union all select id from moved
  `.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** Moves claims on without any news, so that a batch that waits for slots does not lapse. */
export async function extendBatches(
  db: Db,
  batches: readonly { readonly id: number; readonly token: string }[],
  { until }: { readonly until: Date },
): Promise<ReadonlySet<number>> {
  if (batches.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    update batch b set claimed_until = ${until}
    from unnest(${batches.map(({ id }) => id)}::bigint[], ${batches.map(({ token }) => token)}::uuid[]) as t (id, token)
    where b.id = t.id and b.token = t.token
    returning b.id
  `.execute(db)
  return new Set(rows.map((row) => row.id))
}

export interface BatchClaim {
  readonly now: Date
  readonly until: Date
  readonly token: string
  readonly limit: number
  /** Batches this process still sends: its own news of them comes late, not never. */
  readonly besides: readonly number[]
}

/** Takes over batches whose claim has lapsed: their process died, or was stopped and may write nothing when it wakes. */
export async function claimLapsedBatches(
  db: Db,
  { now, until, token, limit, besides }: BatchClaim,
): Promise<readonly ClaimedBatch[]> {
  const { rows } = await sql<LapsedRow>`
    update batch set token = ${token}, claimed_until = ${until}
    where id in (
      select id from batch where claimed_until <= ${now} and id <> all (${besides}::bigint[])
      order by claimed_until limit ${limit} for update skip locked
    )
    returning id, topic_id, from_number, to_number, subscription_ids, done
  `.execute(db)
  const subscribers = await readSubscribers(db, rows.flatMap(idsLeft), { now })
  return rows.map((row) => ({
    id: row.id,
    topicId: row.topic_id,
    from: row.from_number,
    number: row.to_number,
    token,
    hurried: false,
    done: row.done.length === 0 ? emptyBitmap(row.subscription_ids.length) : row.done,
    subscribers: row.subscription_ids.flatMap((id, place) => {
      const subscriber = isDone(row.done, place) ? undefined : subscribers.get(id)
      if (subscriber === undefined || subscriber.since >= row.to_number) return []
      return [{ ...subscriber, place, since: Math.max(subscriber.since, row.from_number) }]
    }),
  }))
}

function idsLeft({ subscription_ids, done }: LapsedRow): readonly number[] {
  return subscription_ids.filter((_, place) => !isDone(done, place))
}

interface LapsedRow {
  readonly id: number
  readonly topic_id: number
  readonly from_number: number
  readonly to_number: number
  readonly subscription_ids: readonly number[]
  readonly done: Buffer
}

/** Subscriptions as they are now; those that were ended, or whose lease has, are missing (rule 9). */
export async function readSubscribers(
  db: Db,
  ids: readonly number[],
  { now }: { readonly now: Date },
): Promise<ReadonlyMap<number, Subscriber>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('subscription as s')
    .innerJoin('topic as t', 't.id', 's.topic_id')
    .select(['s.id', 's.callback', 's.origin', 's.secret', 's.algorithm', 's.generation'])
    .select([
      's.joined',
      's.through',
      's.missed',
      's.format',
      's.feed_delivery as asked',
      feedDelivery('t').as('feed_delivery'),
      sql<boolean>`s.lease_ends_at <= ${now}`.as('awaits_renewal'),
    ])
    .where(sql<boolean>`s.id = any(${ids})`)
    .where(leaseHolds(now))
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        subscriptionId: row.id,
        callback: row.callback,
        origin: row.origin,
        sealedSecret: row.secret,
        algorithm: row.algorithm,
        generation: row.generation,
        awaitsRenewal: row.awaits_renewal,
        since: Math.max(row.joined, row.through),
        joined: row.joined,
        missed: row.missed,
        feedDelivery: row.feed_delivery,
        feedDeliveryAsked: row.asked !== null,
        format: row.format,
      },
    ]),
  )
}

/** Lets go of batches at once: another process, or the next start, takes them over without waiting for the claim. */
export async function releaseBatches(
  db: Db,
  batches: readonly { readonly id: number; readonly token: string }[],
  { now }: { readonly now: Date },
): Promise<void> {
  await extendBatches(db, batches, { until: now })
}

import { type RawBuilder, sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { originOf, urlKey } from '../url-key.ts'
import { addDenial } from './store.ts'

/**
 * Of a subscription `s`: its lease runs, or it ended after a renewal was asked for that is not decided yet. In between nothing is
 * sent (§5.3.1), and what is owed is kept: with a yes, the lease ran on.
 */
export function leaseHolds(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(
    s.lease_ends_at > ${now} or (
      select true from topic renewed join verification v on v.topic_key = renewed.key
      where renewed.id = s.topic_id and v.callback_key = s.callback_key and v.mode = 'subscribe'
        and v.requested_at < s.lease_ends_at and v.parked_at is null
    ) is not null
  )`
}

/**
 * Begins the renewals that are due: a verification by the hub, with what is stored (design §4). A request of the
 * subscriber's own that is under way is never replaced. Secret and algorithm stay where they are: a renewal by the hub
 * changes the lease alone.
 *
 * @param renewed the leases to renew, by whether the subscriber asked for their length
 * @returns how many leases were looked at; fewer than `limit` means none is left that is due
 */
export async function beginRenewals(
  db: Db,
  { now, limit, renewed }: { readonly now: Date; readonly limit: number; readonly renewed: readonly boolean[] },
): Promise<number> {
  const { rows } = await sql<{ begun: number }>`
    with due as materialized (
      select id from subscription where renew_at <= ${now} order by renew_at limit ${limit} for update skip locked
    ), renewed as (
      update subscription s set renew_at = null from due where s.id = due.id returning s.*
    ), asked as (
      insert into verification (topic_key, callback_key, topic, callback, origin, mode, by_hub, lease_asked, lease_seconds,
        verify_token, requested_at, due_at)
      select t.key, r.callback_key, r.topic, r.callback, r.origin, 'subscribe', true, r.lease_asked, r.lease_seconds,
        r.verify_token, ${now}, ${now}
      from renewed r join topic t on t.id = r.topic_id
      where r.lease_ends_at > ${now} and r.lease_asked = any (${renewed}::boolean[])
      order by r.id
      on conflict (topic_key, callback_key) do nothing
    )
    select count(*) as begun from due
  `.execute(db)
  return rows[0]?.begun ?? 0
}

/**
 * Ends a subscription by the operator's will, and has its subscriber told (§5.2; DEN-05): what it was owed goes with it.
 *
 * @returns false where there is none
 */
export async function cancel(
  db: Db,
  { topic, callback }: { readonly topic: string; readonly callback: string },
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const ended = await tx
      .deleteFrom('subscription')
      .using('topic')
      .whereRef('topic.id', '=', 'subscription.topic_id')
      .where('topic.key', '=', urlKey(topic))
      .where('subscription.callback_key', '=', urlKey(callback))
      .returning(['subscription.topic', 'subscription.callback'])
      .executeTakeFirst()
    if (ended === undefined) return false
    await addDenial(tx, { ...ended, origin: originOf(ended.callback) }, { reason, dueAt: now })
    return true
  })
}

/**
 * Removes subscriptions whose lease has ended for good, oldest first; what they were owed goes with them.
 *
 * @returns how many went; fewer than `limit` means none is left
 */
export async function deleteEndedSubscriptions(
  db: Db,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const result = await sql`
    delete from subscription where id in (
      select id from subscription s where lease_ends_at <= ${now} and not ${leaseHolds(now)}
      order by lease_ends_at limit ${limit} for update skip locked
    )
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

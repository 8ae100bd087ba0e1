import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { urlKey } from '../url-key.ts'
import { renewalInstant } from './lease.ts'
import { deadlockRetried, type Granted, grant } from './settle-store.ts'

/**
 * Writes the subscription of a key's owner without asking its callback.
 *
 * @param received the number of the topic's publication that its owner has got already; null: it has got nothing
 * @returns false, with nothing written, where the callback is subscribed to the topic by somebody else
 */
export async function grantTrusted(
  db: Db,
  granted: Granted,
  { received }: { readonly received: number | null },
): Promise<boolean> {
  return deadlockRetried(() =>
    transaction(db, async (tx) => {
      if ((await grant(tx, [granted], { trusted: true })) === 0) return false
      await dropOwnRequests(tx, granted.row)
      if (received !== null) await noteReceived(tx, granted.row, received)
      return true
    }),
  )
}

/** It joined before what it has, so that it is owed what comes after that and not that itself. Where something newer came, it is not. */
async function noteReceived(
  tx: Db,
  { topicKey, callbackKey }: Pick<Granted['row'], 'topicKey' | 'callbackKey'>,
  received: number,
): Promise<void> {
  await sql`
    update subscription s set joined = ${received}::bigint - 1, through = ${received} from topic t
    where t.id = s.topic_id and t.key = ${topicKey} and s.callback_key = ${callbackKey} and s.joined = ${received}
  `.execute(tx)
}

/** An earlier request of the owner's own that its callback has not answered yet: the newest wins (SUB-22). */
async function dropOwnRequests(
  tx: Db,
  { topicKey, callbackKey, owner }: Pick<Granted['row'], 'topicKey' | 'callbackKey' | 'owner'>,
): Promise<void> {
  await tx
    .deleteFrom('verification')
    .where('topic_key', '=', topicKey)
    .where('callback_key', '=', callbackKey)
    .where('owner', '=', owner)
    .execute()
}

/** Which of an owner's subscriptions to a topic: that of a callback, or all of them. */
export interface Owned {
  readonly owner: string
  /** Checked URLs. */
  readonly topic: string
  readonly callback: string | null
}

/** An owner's subscriptions to the topic whose leases run, and requests for one that wait for their callback; at most a few. */
export async function ownedCallbacks(
  db: Db,
  owned: Owned,
  { now }: { readonly now: Date },
): Promise<readonly string[]> {
  const { owner, topic, callback } = owned
  const key = callback === null ? null : urlKey(callback)
  const { rows } = await sql<{ callback: string }>`
    select s.callback from subscription s join topic t on t.id = s.topic_id
    where s.owner = ${owner} and t.key = ${urlKey(topic)} and s.lease_ends_at > ${now}
      and (${key}::bytea is null or s.callback_key = ${key})
    union
    select callback from verification
    where owner = ${owner} and topic_key = ${urlKey(topic)} and mode = 'subscribe'
      and (${key}::bytea is null or callback_key = ${key})
    limit 10
  `.execute(db)
  return rows.map((row) => row.callback)
}

/** Ends an owner's subscription, with what it was owed and what its owner had asked for. */
export async function endOwned(
  db: Db,
  { owner, topic, callback }: Owned & { readonly callback: string },
): Promise<void> {
  const keys = { topicKey: urlKey(topic), callbackKey: urlKey(callback), owner }
  await deadlockRetried(() =>
    transaction(db, async (tx) => {
      await dropOwnRequests(tx, keys)
      await tx
        .deleteFrom('subscription')
        .using('topic')
        .whereRef('topic.id', '=', 'subscription.topic_id')
        .where('topic.key', '=', keys.topicKey)
        .where('subscription.callback_key', '=', keys.callbackKey)
        .where('subscription.owner', '=', owner)
        .execute()
    }),
  )
}

/**
 * Renews the leases of subscriptions that were never asked about, as long as a key of their owner that may subscribe is in
 * force: it is what was trusted. The others fall to whoever asks callbacks.
 *
 * @param renewed the leases to renew, by whether the subscriber asked for their length
 * @param random a number in [0, 1)
 * @returns how many were renewed; fewer than `limit` means none is left that is due
 */
export async function renewTrusted(
  db: Db,
  {
    now,
    limit,
    renewed,
    random,
  }: {
    readonly now: Date
    readonly limit: number
    readonly renewed: readonly boolean[]
    readonly random: () => number
  },
): Promise<number> {
  return transaction(db, async (tx) => {
    const { rows } = await sql<{ id: number; seconds: number }>`
      select id, lease_seconds as seconds from subscription s
      where renew_at <= ${now} and lease_ends_at > ${now} and trusted and lease_asked = any (${renewed}::boolean[])
        and exists (
          select from subscriber_key k where k.login = s.owner and k.revoked_at is null and 'subscribe' = any (k.rights)
        )
      order by renew_at limit ${limit} for update skip locked
    `.execute(tx)
    const renewals = rows.map(({ id, seconds }) => {
      const endsAt = new Date(now.getTime() + seconds * 1000)
      return { id, endsAt, renewAt: renewalInstant(endsAt, seconds, random()) }
    })
    if (renewals.length > 0) {
      await sql`
        update subscription s set lease_began_at = ${now}, lease_ends_at = r.ends_at, renew_at = r.renew_at
        from unnest(${renewals.map(({ id }) => id)}::bigint[], ${renewals.map(({ endsAt }) => endsAt)}::timestamptz[],
          ${renewals.map(({ renewAt }) => renewAt)}::timestamptz[]) as r (id, ends_at, renew_at)
        where s.id = r.id
      `.execute(tx)
    }
    return renewals.length
  })
}

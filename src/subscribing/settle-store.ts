import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { withPages } from '../fragments/store.ts'
import { originOf } from '../url-key.ts'
import { addDenial, type ClaimedVerification, type PendingVerification } from './store.ts'

/** What is to be written of a claimed verification. */
export type VerificationSettled =
  | {
      readonly kind: 'granted'
      readonly row: ClaimedVerification
      readonly requestedAt: Date
      readonly beganAt: Date
      readonly renewAt: Date | null
    }
  | { readonly kind: 'ended'; readonly row: ClaimedVerification }
  | { readonly kind: 'dropped'; readonly row: ClaimedVerification }
  | { readonly kind: 'denied'; readonly row: ClaimedVerification; readonly reason: string; readonly tellAt: Date }
  | { readonly kind: 'again'; readonly row: ClaimedVerification; readonly dueAt: Date; readonly attempt: number }

/**
 * Writes what verifications came to, all in one transaction and few statements, each only if its request is still the
 * newest. A subscriber's yes takes effect under the topic's share lock, so that what it joined at is true (rule 1).
 *
 * @param renewed the leases the hub renews by itself, by whether the subscriber asked for their length
 * @returns the verifications it was written of
 */
export async function settleVerifications(
  db: Db,
  settled: readonly VerificationSettled[],
  { now, renewed }: { readonly now: Date; readonly renewed: readonly boolean[] },
): Promise<ReadonlySet<number>> {
  return deadlockRetried(() =>
    transaction(db, async (tx) => {
      const ours = await lockOurs(
        tx,
        settled.map(({ row }) => row),
      )
      const valid = settled.filter(({ row }) => ours.has(row.id))
      const granted = valid.filter((each) => each.kind === 'granted')
      await grant(
        tx,
        granted.filter(({ row }) => !row.byHub),
      )
      await extend(
        tx,
        granted.filter(({ row }) => row.byHub),
      )
      await endSubscriptions(
        tx,
        valid.flatMap((each) => (each.kind === 'ended' ? each.row : [])),
      )
      await renewAnyway(
        tx,
        valid.flatMap((each) => (each.kind === 'dropped' && !each.row.byHub ? each.row : [])),
        { now, renewed },
      )
      for (const each of valid) {
        if (each.kind !== 'denied') continue
        await addDenial(tx, each.row, { reason: each.reason, dueAt: each.tellAt })
      }
      await askAgain(
        tx,
        valid.filter((each) => each.kind === 'again'),
      )
      const over = valid.filter(({ kind }) => kind !== 'again').map(({ row }) => row.id)
      if (over.length > 0) await tx.deleteFrom('verification').where('id', 'in', over).execute()
      return ours
    }),
  )
}

/**
 * Ending a subscription takes its backlog along, while whoever settles that backlog row goes on to the subscription:
 * Postgres then ends one of the two. The subscriber has answered and may not be asked twice, so ours is done again.
 */
export async function deadlockRetried<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let triesLeft = 3; ; triesLeft--) {
    try {
      return await act()
    } catch (error) {
      const deadlocked = error instanceof Error && 'code' in error && error.code === '40P01'
      if (!deadlocked || triesLeft === 0) throw error
    }
  }
}

async function lockOurs(tx: Db, rows: readonly ClaimedVerification[]): Promise<ReadonlySet<number>> {
  const { rows: locked } = await sql<{ id: number }>`
    select v.id from verification v
    join unnest(${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ token }) => token)}::uuid[]) as o (id, token)
      on v.id = o.id and v.token = o.token
    order by v.id
    for update of v
  `.execute(tx)
  return new Set(locked.map(({ id }) => id))
}

/** A subscription that is to be, or to run anew. */
export interface Granted {
  readonly row: PendingVerification
  /** A lease that still ran then runs on. */
  readonly requestedAt: Date
  /** Its lease runs from here. */
  readonly beganAt: Date
  readonly renewAt: Date | null
}

/**
 * Writes subscriptions. One that its callback agreed to replaces whatever there was, but a request without a key leaves a
 * key's owner what is the owner's; one that is trusted replaces the owner's own alone.
 *
 * @returns how many were written
 */
export async function grant(tx: Db, granted: readonly Granted[], { trusted = false } = {}): Promise<number> {
  if (granted.length === 0) return 0
  const rows = granted.map(({ row }) => row)
  const keys = rows.map(({ topicKey }) => topicKey)
  await lockTopics(tx, rows)
  const asked = sql`
    unnest(
      ${keys}::bytea[], ${rows.map(({ callbackKey }) => callbackKey)}::bytea[], ${rows.map(({ topic }) => topic)}::text[],
      ${rows.map(({ callback }) => callback)}::text[], ${rows.map(({ origin }) => origin)}::text[],
      ${rows.map(({ sealedSecret }) => sealedSecret)}::bytea[], ${rows.map(({ algorithm }) => algorithm)}::text[],
      ${rows.map(({ verifyToken }) => verifyToken)}::text[], ${rows.map(({ feedDelivery }) => feedDelivery)}::text[],
      ${rows.map(({ owner }) => owner)}::text[], ${rows.map(({ format }) => format)}::text[],
      ${rows.map(({ leaseAsked }) => leaseAsked)}::boolean[],
      ${rows.map(({ leaseSeconds }) => leaseSeconds)}::int[], ${granted.map(({ beganAt }) => beganAt)}::timestamptz[],
      ${granted.map(({ renewAt }) => renewAt)}::timestamptz[], ${granted.map(({ requestedAt }) => requestedAt)}::timestamptz[]
    ) as a (topic_key, callback_key, topic, callback, origin, secret, algorithm, verify_token, feed_delivery, owner, format,
      lease_asked, lease_seconds, began_at, renew_at, requested_at)
  `
  // A lease that had ended when it was asked for again is no subscription: what comes is a new one, and is owed nothing from
  // before. One that ended since then runs on, however long its subscriber took to say yes.
  await sql`
    delete from subscription s using ${asked} join topic t on t.key = a.topic_key
    where s.topic_id = t.id and s.callback_key = a.callback_key and s.lease_ends_at <= a.requested_at
  `.execute(tx)
  const written = await sql`
    insert into subscription as s (topic_id, callback_key, topic, callback, origin, secret, algorithm, verify_token,
      feed_delivery, owner, format, trusted, lease_asked, lease_seconds, lease_began_at, lease_ends_at, renew_at, joined)
    select t.id, a.callback_key, a.topic, a.callback, a.origin, a.secret, a.algorithm, a.verify_token, a.feed_delivery,
      a.owner, a.format, ${trusted}, a.lease_asked, a.lease_seconds, a.began_at,
      a.began_at + a.lease_seconds * interval '1 second', a.renew_at, t.newest
    from ${asked} join topic t on t.key = a.topic_key
    order by t.id, a.callback_key
    on conflict (topic_id, callback_key) do update set
      topic = excluded.topic, callback = excluded.callback, origin = excluded.origin, secret = excluded.secret,
      algorithm = excluded.algorithm, verify_token = excluded.verify_token, feed_delivery = excluded.feed_delivery,
      owner = coalesce(excluded.owner, s.owner), trusted = excluded.trusted,
      format = case when excluded.owner is null then s.format else excluded.format end,
      lease_asked = excluded.lease_asked, lease_seconds = excluded.lease_seconds,
      lease_began_at = excluded.lease_began_at, lease_ends_at = excluded.lease_ends_at,
      renew_at = excluded.renew_at, generation = s.generation + 1
    where not excluded.trusted or s.owner = excluded.owner
  `.execute(tx)
  return Number(written.numAffectedRows ?? 0)
}

/**
 * Gives leases that the hub renews by itself their new length, and changes nothing else. It makes no subscription: one
 * that was cancelled or ended by a 410 meanwhile stays so.
 */
async function extend(tx: Db, granted: readonly Granted[]): Promise<void> {
  if (granted.length === 0) return
  const rows = granted.map(({ row }) => row)
  await sql`
    update subscription s set lease_began_at = r.began_at, renew_at = r.renew_at, generation = s.generation + 1,
      lease_seconds = r.lease_seconds, lease_ends_at = r.began_at + r.lease_seconds * interval '1 second'
    from unnest(
      ${rows.map(({ topicKey }) => topicKey)}::bytea[], ${rows.map(({ callbackKey }) => callbackKey)}::bytea[],
      ${rows.map(({ leaseSeconds }) => leaseSeconds)}::int[], ${granted.map(({ beganAt }) => beganAt)}::timestamptz[],
      ${granted.map(({ renewAt }) => renewAt)}::timestamptz[], ${granted.map(({ requestedAt }) => requestedAt)}::timestamptz[]
    ) as r (topic_key, callback_key, lease_seconds, began_at, renew_at, requested_at)
    join topic t on t.key = r.topic_key
    where s.topic_id = t.id and s.callback_key = r.callback_key and s.lease_ends_at > r.requested_at
  `.execute(tx)
}

/**
 * A request that came to nothing may have taken the place of the hub's own renewal, and anybody can make one: the renewal
 * is begun again, or a stranger could let any lease run out.
 */
async function renewAnyway(
  tx: Db,
  rows: readonly ClaimedVerification[],
  { now, renewed }: { readonly now: Date; readonly renewed: readonly boolean[] },
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update subscription s set renew_at = ${now}::timestamptz + least((s.lease_ends_at - ${now}) / 2, interval '1 minute')
    from unnest(${rows.map(({ topicKey }) => topicKey)}::bytea[], ${rows.map(({ callbackKey }) => callbackKey)}::bytea[])
      as r (topic_key, callback_key) join topic t on t.key = r.topic_key
    where s.topic_id = t.id and s.callback_key = r.callback_key and s.renew_at is null
      and s.lease_asked = any (${renewed}::boolean[]) and s.lease_ends_at > ${now}::timestamptz + interval '1 second'
  `.execute(tx)
}

/**
 * Makes the topics that are missing and locks all of them `for share`: what they were joined at stays true until the end
 * (rule 1). A row may go between two statements, since one that only waited for a ping's fetch goes with it.
 */
export async function lockTopics(
  tx: Db,
  rows: readonly Pick<PendingVerification, 'topicKey' | 'topic'>[],
): Promise<void> {
  const wanted = new Map(rows.map((row) => [row.topicKey.toString('hex'), row]))
  for (let missing = [...wanted.values()]; missing.length > 0; ) {
    const topics = missing.map(({ topic }) => topic)
    await withPages(tx, topics, () => insertTopics(tx, missing))
    const { rows: locked } = await sql<{ key: Buffer }>`
      select key from topic where key = any (${rows.map(({ topicKey }) => topicKey)}::bytea[]) order by id for share
    `.execute(tx)
    const there = new Set(locked.map(({ key }) => key.toString('hex')))
    missing = missing.filter(({ topicKey }) => !there.has(topicKey.toString('hex')))
  }
}

async function insertTopics(tx: Db, rows: readonly Pick<PendingVerification, 'topicKey' | 'topic'>[]): Promise<void> {
  await sql`
    insert into topic (key, url, origin)
    select * from unnest(${rows.map(({ topicKey }) => topicKey)}::bytea[], ${rows.map(({ topic }) => topic)}::text[],
      ${rows.map(topicOrigin)}::text[]) as t (key, url, origin)
    order by key
    on conflict (key) do nothing
  `.execute(tx)
}

function topicOrigin({ topic }: Pick<PendingVerification, 'topic'>): string {
  return originOf(topic)
}

/** Ends subscriptions; what they were still owed goes with them in the same transaction (rule 9). */
async function endSubscriptions(tx: Db, rows: readonly ClaimedVerification[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    delete from subscription s
    using unnest(${rows.map(({ topicKey }) => topicKey)}::bytea[], ${rows.map(({ callbackKey }) => callbackKey)}::bytea[])
      as e (topic_key, callback_key) join topic t on t.key = e.topic_key
    where s.topic_id = t.id and s.callback_key = e.callback_key
  `.execute(tx)
}

async function askAgain(tx: Db, rows: readonly Extract<VerificationSettled, { kind: 'again' }>[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update verification v set due_at = a.due_at, attempt = a.attempt, token = null
    from unnest(${rows.map(({ row }) => row.id)}::bigint[], ${rows.map(({ dueAt }) => dueAt)}::timestamptz[],
      ${rows.map(({ attempt }) => attempt)}::int[]) as a (id, due_at, attempt)
    where v.id = a.id
  `.execute(tx)
}

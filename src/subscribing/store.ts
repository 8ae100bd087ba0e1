import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Algorithm, Db, Mode } from '../db/schema.ts'
import { originOf } from '../url-key.ts'

/** A request that waits for its subscriber's yes, with what becomes true if it comes. */
export interface PendingVerification {
  readonly topicKey: Buffer
  readonly callbackKey: Buffer
  readonly topic: string
  readonly callback: string
  readonly origin: string
  readonly mode: Mode
  readonly leaseAsked: boolean
  readonly leaseSeconds: number
  readonly sealedSecret: Buffer | null
  readonly algorithm: Algorithm
  readonly verifyToken: string | null
}

/** Requests in quick succession are verified together, but no later than this after the first (VER-27). */
const postponedMsMax = 1000

/**
 * Writes a subscriber's request: one statement, one row a (topic, callback), and the newest request wins. A verification
 * under way loses its token, so that the answer to the older challenge settles nothing (SUB-22).
 */
export async function requestVerification(
  db: Db,
  pending: PendingVerification,
  { now, dueAt }: { readonly now: Date; readonly dueAt: Date },
): Promise<void> {
  await sql`
    insert into verification as v (topic_key, callback_key, topic, callback, origin, mode, lease_asked, lease_seconds,
      secret, algorithm, verify_token, requested_at, due_at)
    values (${pending.topicKey}, ${pending.callbackKey}, ${pending.topic}, ${pending.callback}, ${pending.origin},
      ${pending.mode}, ${pending.leaseAsked}, ${pending.leaseSeconds}, ${pending.sealedSecret}, ${pending.algorithm},
      ${pending.verifyToken}, ${now}, ${dueAt})
    on conflict (topic_key, callback_key) do update set
      topic = excluded.topic, callback = excluded.callback, origin = excluded.origin, mode = excluded.mode, by_hub = false,
      lease_asked = excluded.lease_asked, lease_seconds = excluded.lease_seconds, secret = excluded.secret,
      algorithm = excluded.algorithm, verify_token = excluded.verify_token,
      requested_at = case when v.attempt = 0 and not v.by_hub then v.requested_at else excluded.requested_at end,
      due_at = case
        when v.attempt = 0 and not v.by_hub
          then least(excluded.due_at, greatest(v.requested_at + ${postponedMsMax} * interval '1 ms', ${now}))
        else excluded.due_at
      end,
      attempt = 0, token = null, parked_at = null, parked_why = null
  `.execute(db)
}

export interface ClaimedVerification extends PendingVerification {
  readonly id: number
  readonly token: string
  readonly byHub: boolean
  /** Tries of this request, this one included. */
  readonly attempt: number
}

export interface RowClaim {
  readonly now: Date
  /** When the claim lapses. */
  readonly until: Date
  readonly token: string
  readonly limit: number
  readonly perOriginLimit: number
  readonly busyOrigins: readonly string[]
}

/** Due rows one claim looks at, to find some of each origin. */
const examinedMax = 1000

/** Claims verifications that are due, a few of each origin (VER-27). */
export async function claimVerifications(db: Db, claim: RowClaim): Promise<readonly ClaimedVerification[]> {
  const { now, until, token, limit, perOriginLimit, busyOrigins } = claim
  const { rows } = await sql<VerificationRow>`
    with due as materialized (
      select id, row_number() over (partition by origin order by due_at, id) as place
      from (
        select id, origin, due_at from verification
        where due_at <= ${now} and parked_at is null and origin <> all (${busyOrigins}::text[])
        order by due_at limit ${examinedMax}
      ) looked
    ), locked as materialized (
      select v.id from verification v join due using (id)
      where due.place <= ${perOriginLimit} and v.due_at <= ${now}
      order by v.due_at limit ${limit}
      for update of v skip locked
    )
    update verification v set due_at = ${until}, token = ${token}, attempt = v.attempt + 1
    from locked where v.id = locked.id
    returning v.*
  `.execute(db)
  return rows.map((row) => ({
    id: row.id,
    token,
    byHub: row.by_hub,
    attempt: row.attempt,
    topicKey: row.topic_key,
    callbackKey: row.callback_key,
    topic: row.topic,
    callback: row.callback,
    origin: row.origin,
    mode: row.mode,
    leaseAsked: row.lease_asked,
    leaseSeconds: row.lease_seconds,
    sealedSecret: row.secret,
    algorithm: row.algorithm,
    verifyToken: row.verify_token,
  }))
}

interface VerificationRow {
  readonly id: number
  readonly by_hub: boolean
  readonly attempt: number
  readonly topic_key: Buffer
  readonly callback_key: Buffer
  readonly topic: string
  readonly callback: string
  readonly origin: string
  readonly mode: Mode
  readonly lease_asked: boolean
  readonly lease_seconds: number
  readonly secret: Buffer | null
  readonly algorithm: Algorithm
  readonly verify_token: string | null
}

/** What is to be written of a claimed verification. */
export type VerificationSettled =
  | {
      readonly kind: 'granted'
      readonly row: ClaimedVerification
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
 */
export async function settleVerifications(
  db: Db,
  settled: readonly VerificationSettled[],
  { now }: { readonly now: Date },
): Promise<void> {
  await transaction(db, async (tx) => {
    const ours = await lockOurs(
      tx,
      settled.map(({ row }) => row),
    )
    const valid = settled.filter(({ row }) => ours.has(row.id))
    await grant(
      tx,
      valid.filter((each) => each.kind === 'granted'),
      { now },
    )
    await endSubscriptions(
      tx,
      valid.flatMap((each) => (each.kind === 'ended' ? each.row : [])),
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
  })
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

type Granted = Extract<VerificationSettled, { kind: 'granted' }>

async function grant(tx: Db, granted: readonly Granted[], { now }: { readonly now: Date }): Promise<void> {
  if (granted.length === 0) return
  const rows = granted.map(({ row }) => row)
  const keys = rows.map(({ topicKey }) => topicKey)
  await lockTopics(tx, rows)
  const asked = sql`
    unnest(
      ${keys}::bytea[], ${rows.map(({ callbackKey }) => callbackKey)}::bytea[], ${rows.map(({ topic }) => topic)}::text[],
      ${rows.map(({ callback }) => callback)}::text[], ${rows.map(({ origin }) => origin)}::text[],
      ${rows.map(({ sealedSecret }) => sealedSecret)}::bytea[], ${rows.map(({ algorithm }) => algorithm)}::text[],
      ${rows.map(({ verifyToken }) => verifyToken)}::text[], ${rows.map(({ leaseAsked }) => leaseAsked)}::boolean[],
      ${rows.map(({ leaseSeconds }) => leaseSeconds)}::int[], ${granted.map(({ beganAt }) => beganAt)}::timestamptz[],
      ${granted.map(({ renewAt }) => renewAt)}::timestamptz[]
    ) as a (topic_key, callback_key, topic, callback, origin, secret, algorithm, verify_token, lease_asked, lease_seconds,
      began_at, renew_at)
  `
  // A lease that has ended is no subscription any more: what comes is a new one, and is owed nothing from before.
  await sql`
    delete from subscription s using ${asked} join topic t on t.key = a.topic_key
    where s.topic_id = t.id and s.callback_key = a.callback_key and s.lease_ends_at <= ${now}
  `.execute(tx)
  await sql`
    insert into subscription as s (topic_id, callback_key, topic, callback, origin, secret, algorithm, verify_token,
      lease_asked, lease_seconds, lease_began_at, lease_ends_at, renew_at, joined)
    select t.id, a.callback_key, a.topic, a.callback, a.origin, a.secret, a.algorithm, a.verify_token, a.lease_asked,
      a.lease_seconds, a.began_at, a.began_at + a.lease_seconds * interval '1 second', a.renew_at, t.newest
    from ${asked} join topic t on t.key = a.topic_key
    order by t.id, a.callback_key
    on conflict (topic_id, callback_key) do update set
      topic = excluded.topic, callback = excluded.callback, origin = excluded.origin, secret = excluded.secret,
      algorithm = excluded.algorithm, verify_token = excluded.verify_token, lease_asked = excluded.lease_asked,
      lease_seconds = excluded.lease_seconds, lease_began_at = excluded.lease_began_at,
      lease_ends_at = excluded.lease_ends_at, renew_at = excluded.renew_at, generation = s.generation + 1
  `.execute(tx)
}

/**
 * Makes the topics that are missing and locks all of them `for share`: what they were joined at stays true until the end
 * (rule 1). A row may go between the two statements, since one that only waited for a ping's fetch goes with it.
 */
async function lockTopics(tx: Db, rows: readonly ClaimedVerification[]): Promise<void> {
  const wanted = new Map(rows.map((row) => [row.topicKey.toString('hex'), row]))
  for (let missing = [...wanted.values()]; missing.length > 0; ) {
    await sql`
      insert into topic (key, url, origin)
      select * from unnest(${missing.map(({ topicKey }) => topicKey)}::bytea[], ${missing.map(({ topic }) => topic)}::text[],
        ${missing.map(topicOrigin)}::text[]) as t (key, url, origin)
      order by key
      on conflict (key) do nothing
    `.execute(tx)
    const { rows: locked } = await sql<{ key: Buffer }>`
      select key from topic where key = any (${rows.map(({ topicKey }) => topicKey)}::bytea[]) order by id for share
    `.execute(tx)
    const there = new Set(locked.map(({ key }) => key.toString('hex')))
    missing = missing.filter(({ topicKey }) => !there.has(topicKey.toString('hex')))
  }
}

function topicOrigin({ topic }: ClaimedVerification): string {
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

/** Whom a denial is told, and of what topic, both as given. */
export interface Denied {
  readonly topic: string
  readonly callback: string
  readonly origin: string
}

export async function addDenial(
  db: Db,
  { topic, callback, origin }: Denied,
  { reason, dueAt }: { readonly reason: string; readonly dueAt: Date },
): Promise<void> {
  await db.insertInto('denial').values({ topic, callback, origin, reason, due_at: dueAt }).execute()
}

import { sql } from 'kysely'
import type { Algorithm, Db, FeedDelivery, Format, Mode } from '../db/schema.ts'

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
  readonly feedDelivery: FeedDelivery | null
  readonly owner: string | null
  readonly format: Format | null
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
    ${insertVerification(pending, { now, dueAt, attempt: 0, token: null })}
    on conflict (topic_key, callback_key) do update set
      ${asRequested},
      requested_at = case when v.attempt = 0 and not v.by_hub then v.requested_at else excluded.requested_at end,
      due_at = case
        when v.attempt = 0 and not v.by_hub
          -- Never sooner than it was: its turn at the callback's host may come later.
          then greatest(v.due_at, least(excluded.due_at, v.requested_at + ${postponedMsMax} * interval '1 ms'))
        else excluded.due_at
      end
  `.execute(db)
}

/**
 * Writes a subscriber's request as `requestVerification` does, and claims it in the same statement.
 *
 * @returns null, with nothing written, where a request of the pair waits for its first try or came within the last second:
 * whoever repeats itself is verified together, claimed or not (VER-27).
 */
export async function requestAndClaim(
  db: Db,
  pending: PendingVerification,
  { now, until, token }: Pick<RowClaim, 'now' | 'until' | 'token'>,
): Promise<ClaimedVerification | null> {
  const { rows } = await sql<{ id: number }>`
    ${insertVerification(pending, { now, dueAt: until, attempt: 1, token })}
    on conflict (topic_key, callback_key) do update set
      ${asRequested}, requested_at = excluded.requested_at, due_at = excluded.due_at
    where v.by_hub or (v.attempt > 0 and v.requested_at <= ${now}::timestamptz - ${postponedMsMax} * interval '1 ms')
    returning v.id
  `.execute(db)
  const id = rows[0]?.id
  return id === undefined ? null : { ...pending, id, token, byHub: false, moot: false, requestedAt: now, attempt: 1 }
}

function insertVerification(
  pending: PendingVerification,
  { now, dueAt, attempt, token }: { now: Date; dueAt: Date; attempt: number; token: string | null },
) {
  return sql`
    insert into verification as v (topic_key, callback_key, topic, callback, origin, mode, lease_asked, lease_seconds,
      secret, algorithm, verify_token, feed_delivery, owner, format, requested_at, due_at, attempt, token)
    values (${pending.topicKey}, ${pending.callbackKey}, ${pending.topic}, ${pending.callback}, ${pending.origin},
      ${pending.mode}, ${pending.leaseAsked}, ${pending.leaseSeconds}, ${pending.sealedSecret}, ${pending.algorithm},
      ${pending.verifyToken}, ${pending.feedDelivery}, ${pending.owner}, ${pending.format}, ${now}, ${dueAt}, ${attempt},
      ${token})
  `
}

/** What the newest request replaces, whatever the older one had come to. */
const asRequested = sql`
  topic = excluded.topic, callback = excluded.callback, origin = excluded.origin, mode = excluded.mode, by_hub = false,
  lease_asked = excluded.lease_asked, lease_seconds = excluded.lease_seconds, secret = excluded.secret,
  algorithm = excluded.algorithm, verify_token = excluded.verify_token, feed_delivery = excluded.feed_delivery,
  owner = excluded.owner, format = excluded.format,
  attempt = excluded.attempt, token = excluded.token, parked_at = null, parked_why = null
`

/** Whether a request of the pair waits for its first try: what comes now is verified together with it. */
export async function awaitsFirstTry(
  db: Db,
  { topicKey, callbackKey }: Pick<PendingVerification, 'topicKey' | 'callbackKey'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('verification')
    .select('id')
    .where('topic_key', '=', topicKey)
    .where('callback_key', '=', callbackKey)
    .where('attempt', '=', 0)
    .where('by_hub', '=', false)
    .executeTakeFirst()
  return row !== undefined
}

export interface ClaimedVerification extends PendingVerification {
  readonly id: number
  readonly token: string
  readonly byHub: boolean
  /** The hub's own renewal of what was cancelled or ended by a 410 since: there is nothing to ask. */
  readonly moot: boolean
  readonly requestedAt: Date
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
export const examinedMax = 1000

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
    returning v.*, v.by_hub and not exists (
      select from subscription s join topic t on t.id = s.topic_id
      where t.key = v.topic_key and s.callback_key = v.callback_key and s.lease_ends_at > v.requested_at
    ) as moot
  `.execute(db)
  return rows.map((row) => ({
    id: row.id,
    token,
    byHub: row.by_hub,
    moot: row.moot,
    requestedAt: row.requested_at,
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
    feedDelivery: row.feed_delivery,
    owner: row.owner,
    format: row.format,
  }))
}

interface VerificationRow {
  readonly id: number
  readonly by_hub: boolean
  readonly moot: boolean
  readonly requested_at: Date
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
  readonly feed_delivery: FeedDelivery | null
  readonly owner: string | null
  readonly format: Format | null
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

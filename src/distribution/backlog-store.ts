import { sql } from 'kysely'
import type { Db, Delivery, FeedDelivery, Format } from '../db/schema.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import { feedDelivery, type Subscriber } from './broadcast-store.ts'
import type { Numbers } from './owed.ts'
import type { Replay } from './replays.ts'

/** A subscription that is behind, claimed. */
export interface ClaimedBacklog {
  /** Null where its lease has ended for good: nothing is owed any more. */
  readonly subscriber: Subscriber | null
  readonly subscriptionId: number
  readonly topicId: number
  readonly origin: string
  readonly token: string
  /** It has everything up to here. */
  readonly since: number
  readonly numbers: Numbers
  /** The number tried last, how often, and how it has been going. */
  readonly number: number
  readonly attempt: number
  readonly failures: number
  readonly failingSince: Date | null
  readonly ofOrigin: boolean
  /** Null: nothing was asked for again. */
  readonly replay: Replay | null
  /** It is the probe of an open breaker, which waited so long; null: the breaker is closed. */
  readonly probeWaitMs: number | null
}

export interface BacklogClaim {
  readonly now: Date
  readonly until: Date
  readonly token: string
  /** Origins to claim of, and rows of each. */
  readonly originsMax: number
  readonly perOriginMax: number
  readonly busyOrigins: readonly string[]
  /** Where the index scan may begin (`work/lower-bound.ts`). */
  readonly dueFrom: Date | null
  /** How far the next probe moves where a breaker is open: nobody else probes meanwhile. */
  readonly probeMs: number
}

export interface BacklogsClaimed {
  readonly claimed: readonly ClaimedBacklog[]
  /** The earliest due instant of the origins looked at; null: none was due. */
  readonly lowestDue: Date | null
}

/**
 * Claims what is due, origin by origin, so that one origin with a hundred thousand rows costs the others nothing. Behind an
 * open breaker only the probe is claimed: one row, when its time has come.
 */
export async function claimBacklog(db: Db, claim: BacklogClaim): Promise<BacklogsClaimed> {
  const { now, until, token, originsMax, perOriginMax, busyOrigins, dueFrom, probeMs } = claim
  const { rows } = await sql<BacklogRow>`
    with ready as materialized (
      select origin, open_since, probe_wait_ms, due_at, xmin as version from origin
      where due_at <= ${now} and due_at >= ${dueFrom ?? '-infinity'}::timestamptz
        and origin <> all (${busyOrigins}::text[])
      order by due_at
      limit ${originsMax}
      for update skip locked
    ), due as materialized (
      select b.subscription_id, r.origin, r.probe_wait_ms from ready r cross join lateral (
        select subscription_id from backlog
        where origin = r.origin and parked_at is null and (due_at <= ${now}
          -- The probe takes whatever waits longest, though its own turn be hours away.
          or r.open_since is not null and token is null and coalesce(not_before, ${now}) <= ${now})
        order by due_at
        limit case when r.open_since is null then ${perOriginMax}::int else 1 end
        for update skip locked
      ) b
    ), claimed as (
      update backlog b set due_at = ${until}, token = ${token}, attempt = b.attempt + 1
      from due where b.subscription_id = due.subscription_id
      returning b.*, due.probe_wait_ms
    ), moved as (
      update origin o
      set due_at = case
          when r.open_since is not null then ${now}::timestamptz + ${probeMs} * interval '1 ms'
          -- The lock sees the newest row, the rest of this statement an older snapshot. Rows that fell behind in between
          -- are not in it: the origin is looked at again (rule 3).
          when d.rows = ${perOriginMax}::int or r.version <> seen.xmin then ${now}::timestamptz
          else least(d.lapses, (
            select min(due_at) from backlog where origin = r.origin and due_at > ${now} and parked_at is null
          ))
        end,
        probe_at = case when r.open_since is null then null else ${now}::timestamptz + ${probeMs} * interval '1 ms' end
      from ready r join origin seen using (origin) cross join lateral (
        select count(*)::int as rows, case when count(*) > 0 then ${until}::timestamptz end as lapses
        from due where origin = r.origin
      ) d
      where o.origin = r.origin
    )
    select c.subscription_id, c.topic_id, c.origin, c.since, c.number, c.attempt, c.failures, c.failing_since, c.probe_wait_ms,
      c.replay_count, c.replay_number, c.replay_at, t.newest, t.delivery, t.every_from, c.of_origin, s.joined, s.callback, s.secret, s.algorithm, s.generation,
      ${leaseHolds(now)} as holds, s.lease_ends_at <= ${now} as awaits_renewal, s.missed, ${feedDelivery('t')} as feed_delivery,
      s.feed_delivery is not null as feed_delivery_asked, s.format,
      (select min(due_at) from ready) as "lowestDue"
    from claimed c
    join topic t on t.id = c.topic_id
    join subscription s on s.id = c.subscription_id
  `.execute(db)
  return { claimed: rows.map((row) => claimedBacklog(row, token)), lowestDue: rows[0]?.lowestDue ?? null }
}

interface BacklogRow {
  readonly subscription_id: number
  readonly topic_id: number
  readonly origin: string
  readonly since: number
  readonly number: number
  readonly attempt: number
  readonly failures: number
  readonly failing_since: Date | null
  readonly of_origin: boolean
  readonly replay_count: number | null
  readonly replay_number: number | null
  readonly replay_at: Date | null
  readonly joined: number
  readonly probe_wait_ms: number | null
  readonly newest: number
  readonly delivery: Delivery
  readonly every_from: number
  readonly callback: string
  readonly secret: Buffer | null
  readonly algorithm: Subscriber['algorithm']
  readonly generation: number
  readonly missed: number
  readonly feed_delivery: FeedDelivery | null
  readonly feed_delivery_asked: boolean
  readonly format: Format | null
  readonly holds: boolean
  readonly awaits_renewal: boolean
  readonly lowestDue: Date | null
}

function claimedBacklog(row: BacklogRow, token: string): ClaimedBacklog {
  const { subscription_id: subscriptionId, topic_id: topicId, origin, since } = row
  const subscriber: Subscriber = {
    subscriptionId,
    callback: row.callback,
    origin,
    sealedSecret: row.secret,
    algorithm: row.algorithm,
    generation: row.generation,
    awaitsRenewal: row.awaits_renewal,
    since,
    joined: row.joined,
    missed: row.missed,
    feedDelivery: row.feed_delivery,
    feedDeliveryAsked: row.feed_delivery_asked,
    format: row.format,
  }
  return {
    subscriber: row.holds ? subscriber : null,
    subscriptionId,
    topicId,
    origin,
    token,
    since,
    numbers: { delivery: row.delivery, everyFrom: row.every_from, newest: row.newest },
    number: row.number,
    attempt: row.attempt,
    failures: row.failures,
    failingSince: row.failing_since,
    ofOrigin: row.of_origin,
    replay: replayOf(row),
    probeWaitMs: row.probe_wait_ms,
  }
}

function replayOf({ replay_count: count, replay_number: number, replay_at: at }: BacklogRow): Replay | null {
  return number === null || at === null ? null : { count, number, at }
}

/** A subscription that a batch could not carry, and leaves to the backlog. */
export interface HandedOver {
  readonly subscriptionId: number
  readonly topicId: number
  readonly since: number
  readonly number: number
  readonly attempt: number
  readonly failures: number
  readonly failingSince: Date | null
  readonly newerWaitMs: number
  readonly ofOrigin: boolean
  readonly notBefore: Date | null
  readonly dueAt: Date
  /** A straggler is still open here: claimed by this token until `dueAt`. */
  readonly token: string | null
  /** It cannot be processed, and why: it rests until the operator puts it back. */
  readonly parkedWhy: string | null
}

/** Writes backlog rows by selecting from `subscription`: one that ended meanwhile is owed nothing (rule 9). */
export async function handOver(tx: Db, rows: readonly HandedOver[], { now }: { readonly now: Date }): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into backlog (subscription_id, topic_id, origin, since, number, attempt, failures, failing_since, newer_wait_ms,
      of_origin, not_before, due_at, token, parked_why, parked_at)
    select s.id, s.topic_id, s.origin, h.since, h.number, h.attempt, h.failures, h.failing_since, h.newer_wait_ms,
      h.of_origin, h.not_before, h.due_at, h.token, h.parked_why, case when h.parked_why is not null then ${now}::timestamptz end
    from unnest(
      ${rows.map((row) => row.subscriptionId)}::bigint[], ${rows.map((row) => row.since)}::bigint[],
      ${rows.map((row) => row.number)}::bigint[], ${rows.map((row) => row.attempt)}::int[],
      ${rows.map((row) => row.failures)}::int[], ${rows.map((row) => row.failingSince)}::timestamptz[],
      ${rows.map((row) => row.newerWaitMs)}::int[], ${rows.map((row) => row.ofOrigin)}::boolean[],
      ${rows.map((row) => row.notBefore)}::timestamptz[], ${rows.map((row) => row.dueAt)}::timestamptz[],
      ${rows.map((row) => row.token)}::uuid[], ${rows.map((row) => row.parkedWhy)}::text[]
    ) as h (id, since, number, attempt, failures, failing_since, newer_wait_ms, of_origin, not_before, due_at, token, parked_why)
    join subscription s on s.id = h.id
    order by s.id
    on conflict (subscription_id) do nothing
  `.execute(tx)
}

/** Ends what a subscription was owed: it has, or was given up, everything through `through`. */
export interface BacklogEnd {
  readonly subscriptionId: number
  readonly token: string
  readonly through: number
}

/**
 * Deletes backlog rows by their key and token. The caller holds the topics `for share` since an earlier statement and has
 * found nothing newer than `through` (rule 1).
 *
 * @returns the subscriptions whose row was ours
 */
export async function endBacklog(tx: Db, ends: readonly BacklogEnd[]): Promise<ReadonlySet<number>> {
  if (ends.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    with told as materialized (
      select * from unnest(
        ${ends.map((end) => end.subscriptionId)}::bigint[], ${ends.map((end) => end.token)}::uuid[],
        ${ends.map((end) => end.through)}::bigint[]
      ) as e (id, token, through)
    ), gone as (
      delete from backlog b using told e where b.subscription_id = e.id and b.token = e.token
      returning b.subscription_id as id, e.through
    )
    update subscription s set through = greatest(s.through, g.through) from gone g where s.id = g.id
    returning s.id
  `.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** What a claimed row becomes: due again, for this number or a newer one, and no longer claimed. */
export interface BacklogMove extends Omit<HandedOver, 'token'> {
  readonly token: string
}

/** Moves claimed rows on, by key and token alone; a row that is gone or was claimed anew stays as it is. */
export async function moveBacklog(
  tx: Db,
  moves: readonly BacklogMove[],
  { now }: { readonly now: Date },
): Promise<void> {
  if (moves.length === 0) return
  await sql`
    update backlog b set since = m.since, number = m.number, attempt = m.attempt, failures = m.failures,
      failing_since = m.failing_since, newer_wait_ms = m.newer_wait_ms, of_origin = m.of_origin,
      not_before = m.not_before, due_at = m.due_at, token = null, parked_why = m.parked_why,
      parked_at = case when m.parked_why is not null then ${now}::timestamptz end
    from unnest(
      ${moves.map((move) => move.subscriptionId)}::bigint[], ${moves.map((move) => move.token)}::uuid[],
      ${moves.map((move) => move.since)}::bigint[], ${moves.map((move) => move.number)}::bigint[],
      ${moves.map((move) => move.attempt)}::int[], ${moves.map((move) => move.failures)}::int[],
      ${moves.map((move) => move.failingSince)}::timestamptz[], ${moves.map((move) => move.newerWaitMs)}::int[],
      ${moves.map((move) => move.ofOrigin)}::boolean[], ${moves.map((move) => move.notBefore)}::timestamptz[],
      ${moves.map((move) => move.dueAt)}::timestamptz[], ${moves.map((move) => move.parkedWhy)}::text[]
    ) as m (id, token, since, number, attempt, failures, failing_since, newer_wait_ms, of_origin, not_before, due_at, parked_why)
    where b.subscription_id = m.id and b.token = m.token
  `.execute(tx)
}

/** Ends subscriptions that answered 410, in the generation that was attempted: a renewed one lives on (rule 9). */
export async function endGone(
  tx: Db,
  gone: readonly { readonly subscriptionId: number; readonly generation: number }[],
): Promise<void> {
  if (gone.length === 0) return
  await sql`
    delete from subscription s
    using unnest(${gone.map((each) => each.subscriptionId)}::bigint[], ${gone.map((each) => each.generation)}::bigint[]) as g (id, generation)
    where s.id = g.id and s.generation = g.generation
  `.execute(tx)
}

/** Notes what subscriptions did not receive, nor will: what they have of a feed is no longer known. */
export async function noteMissed(
  tx: Db,
  missed: readonly { readonly subscriptionId: number; readonly number: number }[],
): Promise<void> {
  if (missed.length === 0) return
  await sql`
    update subscription s set missed = greatest(s.missed, m.number)
    from unnest(${missed.map((each) => each.subscriptionId)}::bigint[], ${missed.map((each) => each.number)}::bigint[]) as m (id, number)
    where s.id = m.id
  `.execute(tx)
}

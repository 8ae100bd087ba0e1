import { sql } from 'kysely'
import type { Algorithm, Db, FeedDelivery, Format } from '../db/schema.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import { emptyBitmap } from './bitmap.ts'
import { type Numbers, owed } from './owed.ts'

/** A subscription as a batch needs it; the secret still encrypted. */
export interface Subscriber {
  readonly subscriptionId: number
  readonly callback: string
  readonly origin: string
  readonly sealedSecret: Buffer | null
  readonly algorithm: Algorithm
  readonly generation: number
  /** Its lease has ended before its renewal was decided: nothing is sent until it is. */
  readonly awaitsRenewal: boolean
  /** It has everything through this number, or nothing at all where it joined at it. */
  readonly since: number
  /** The newest number when it was verified: where `since` is beyond, it has received something. */
  readonly joined: number
  /** The newest number that was given up: it may lack whatever came with it. */
  readonly missed: number
  /** How it gets feeds, by its own word or its topic's; null: neither has one. */
  readonly feedDelivery: FeedDelivery | null
  /** It is its own word. */
  readonly feedDeliveryAsked: boolean
  /** Null: as published. */
  readonly format: Format | null
}

/** A claimed range of a broadcast: these subscribers, to be carried to `number`. */
export interface ClaimedBatch {
  readonly id: number
  readonly topicId: number
  readonly from: number
  readonly number: number
  readonly token: string
  /** Newer numbers wait for this one to be done, each to be delivered in turn. */
  readonly hurried: boolean
  /** One bit a subscriber of the row, done ones set. */
  readonly done: Buffer
  readonly subscribers: readonly PlacedSubscriber[]
}

/** With its place in the row's order, which is its bit. */
export type PlacedSubscriber = Subscriber & { readonly place: number }

export interface BroadcastClaim {
  readonly now: Date
  /** When the claim lapses. */
  readonly until: Date
  readonly token: string
  /** About how many subscribers to take, of all broadcasts together. */
  readonly limit: number
  /** Where the index scan may begin (`work/lower-bound.ts`). */
  readonly turnFrom: number | null
  /** Topics that take no turn now. */
  readonly besides: readonly number[]
}

export interface BroadcastsClaimed {
  readonly batches: readonly ClaimedBatch[]
  /** Broadcasts that have nobody left to serve and no batch open: to be ended. */
  readonly finished: readonly number[]
  /** The lowest turn that was taken; null: no broadcast wanted one. */
  readonly lowestTurn: number | null
  /** Backlog fell due sooner for the newer number. */
  readonly hastened: boolean
}

/** Topics that take a turn in one claim. */
const topicsMax = 64
/** Subscriptions looked at in one claim: finding 300 behind 999,000 that are on the backlog took 286 ms (rule 4). */
const examinedMax = 2000

/**
 * Claims the next subscribers of the broadcasts that waited longest, in one round trip: locks the broadcasts, looks at the
 * subscriptions after each cursor, passes by those on the backlog (and has them tried sooner), moves the cursors, writes a
 * batch each.
 */
export async function claimBroadcasts(db: Db, claim: BroadcastClaim): Promise<BroadcastsClaimed> {
  const { now, until, token, limit, turnFrom, besides } = claim
  const { rows } = await sql<ClaimedRow>`
    with locked as materialized (
      -- A statement of its own kind: a joined lock would re-read the cursor and keep rows joined to the old one (rule 3).
      select topic_id, from_number, to_number, newcomers_only, cursor, open_batches, turn
      from broadcast
      where (not exhausted or open_batches = 0) and turn >= ${turnFrom ?? 0}
        and topic_id <> all (${besides}::bigint[])
      order by turn
      limit ${topicsMax}
      for update skip locked
    ), picked as materialized (
      -- The lock sees the newest row, the rest of this statement an older snapshot. A broadcast that carried on in between
      -- may have left backlog rows that this snapshot does not show: it takes its turn again.
      select locked.*, count(*) over () as topics, t.delivery = 'latest' or locked.to_number < t.every_from as supersedes,
        t.delivery = 'every' and t.newest > locked.to_number as hurried, t.delivery, t.feed_delivery
      from locked join broadcast seen using (topic_id) join topic t on t.id = locked.topic_id
      where seen.to_number = locked.to_number
    ), reached as materialized (
      -- No further than to the last that the claim takes, or than it may look: most look at those they take and no others.
      select p.*, coalesce(filled.last, looked.last, p.cursor) as reached,
        filled.last is null and looked.count < greatest(${examinedMax} / p.topics, 32) as exhausted
      from picked p
      left join lateral (
        select s.id as last
        from (
          select s.id, ${isServed(now)} and not ${isBehind} as taken
          from subscription s where s.topic_id = p.topic_id and s.id > p.cursor
          order by s.id
          limit greatest(${examinedMax} / p.topics, 32)
        ) s
        where taken
        order by s.id
        offset greatest(${limit} / p.topics, 8) - 1 limit 1
      ) filled on true
      cross join lateral (
        select max(id) as last, count(*) as count
        from (
          select s.id from subscription s
          where filled.last is null and s.topic_id = p.topic_id and s.id > p.cursor
          order by s.id
          limit greatest(${examinedMax} / p.topics, 32)
        ) s
      ) looked
    ), examined as materialized (
      select p.topic_id, p.to_number, p.supersedes, s.id, greatest(p.from_number, s.joined, s.through) as since,
        ${isServed(now)} as served, ${isBehind} as behind
      from reached p join subscription s on s.topic_id = p.topic_id and s.id > p.cursor and s.id <= p.reached
    ), taken as materialized (
      select topic_id, id, since from examined where served and not behind
    ), moved as (
      update broadcast b
      set cursor = r.reached, exhausted = r.exhausted, turn = nextval('broadcast_turn_taken'),
        open_batches = b.open_batches + (exists (select from taken t where t.topic_id = r.topic_id))::int
      from reached r where b.topic_id = r.topic_id
      returning b.topic_id, b.exhausted and b.open_batches = 0 as finished
    ), written as (
      insert into batch (topic_id, from_number, to_number, subscription_ids, done, token, claimed_until)
      select t.topic_id, p.from_number, p.to_number, array_agg(t.id order by t.id), '', ${token}, ${until}
      from taken t join picked p using (topic_id)
      group by t.topic_id, p.from_number, p.to_number
      returning id, topic_id, from_number, to_number
    ), hastened as (
      update backlog b
      set due_at = greatest(${now}::timestamptz + b.newer_wait_ms * interval '1 ms', b.not_before)
      from examined e
      where e.behind and e.supersedes and b.subscription_id = e.id and b.token is null and b.number < e.to_number
        and b.due_at > greatest(${now}::timestamptz + b.newer_wait_ms * interval '1 ms', b.not_before)
      returning b.origin, b.due_at
    ), sooner as (
      update origin o set due_at = least(o.due_at, h.due_at)
      from (select origin, min(due_at) as due_at from hastened group by origin) h
      where o.origin = h.origin and o.open_since is null
    )
    select m.topic_id, m.finished, (select min(turn) from locked) as "lowestTurn",
      exists (select from hastened) as hastened,
      w.id as batch_id, w.from_number, w.to_number, p.hurried, t.since, s.joined,
      s.id as subscription_id, s.callback, s.origin, s.secret, s.algorithm, s.generation,
      s.lease_ends_at <= ${now} as awaits_renewal, s.missed, ${feedDelivery('p')} as feed_delivery, s.feed_delivery is not null as feed_delivery_asked, s.format
    from moved m
    join picked p using (topic_id)
    left join written w using (topic_id)
    left join taken t using (topic_id)
    left join subscription s on s.id = t.id
    order by m.topic_id, s.id
  `.execute(db)
  return {
    batches: batchesOf(rows, token),
    finished: rows.filter((row) => row.finished).map((row) => row.topic_id),
    lowestTurn: rows[0]?.lowestTurn ?? null,
    hastened: rows[0]?.hastened ?? false,
  }
}

/** Whether a subscription `s` is one that the broadcast `p` is for. */
function isServed(now: Date) {
  return sql`(s.joined < p.to_number and s.through < p.to_number and ${leaseHolds(now)}
    and (not p.newcomers_only or s.joined >= p.from_number))`
}

/** Probed by key: a join would hash a backlog of any size. */
const isBehind = sql`((select true from backlog b where b.subscription_id = s.id) is not null)`

/**
 * How a subscription `s` gets feeds of its topic, by either's word. Where each publication is a fact of its own, none is left
 * out for what another says.
 */
export function feedDelivery(topic: 'p' | 't') {
  const own = sql<FeedDelivery | null>`coalesce(s.feed_delivery, ${sql.ref(`${topic}.feed_delivery`)})`
  return sql<FeedDelivery | null>`case when ${sql.ref(`${topic}.delivery`)} = 'every' then 'full' else ${own} end`
}

export interface ClaimedRow {
  readonly topic_id: number
  readonly finished: boolean
  readonly lowestTurn: number | null
  readonly hastened: boolean
  readonly batch_id: number | null
  readonly from_number: number
  readonly to_number: number
  readonly hurried: boolean
  readonly since: number
  readonly joined: number
  readonly subscription_id: number | null
  readonly callback: string
  readonly origin: string
  readonly secret: Buffer | null
  readonly algorithm: Algorithm
  readonly generation: number
  readonly awaits_renewal: boolean
  readonly missed: number
  readonly feed_delivery: FeedDelivery | null
  readonly feed_delivery_asked: boolean
  readonly format: Format | null
}

function batchesOf(rows: readonly ClaimedRow[], token: string): ClaimedBatch[] {
  const batches = new Map<number, ClaimedBatch & { subscribers: PlacedSubscriber[] }>()
  for (const row of rows) {
    if (row.batch_id === null || row.subscription_id === null) continue
    const batch = batches.get(row.batch_id) ?? {
      id: row.batch_id,
      topicId: row.topic_id,
      from: row.from_number,
      number: row.to_number,
      token,
      hurried: row.hurried,
      done: Buffer.alloc(0),
      subscribers: [],
    }
    batches.set(row.batch_id, batch)
    batch.subscribers.push({
      subscriptionId: row.subscription_id,
      callback: row.callback,
      origin: row.origin,
      sealedSecret: row.secret,
      algorithm: row.algorithm,
      generation: row.generation,
      awaitsRenewal: row.awaits_renewal,
      since: row.since,
      joined: row.joined,
      missed: row.missed,
      feedDelivery: row.feed_delivery,
      feedDeliveryAsked: row.feed_delivery_asked,
      format: row.format,
      place: batch.subscribers.length,
    })
  }
  return [...batches.values()].map((batch) => ({ ...batch, done: emptyBitmap(batch.subscribers.length) }))
}

/** A topic as its row says, read under the share lock. */
export interface LockedTopic extends Numbers {
  readonly id: number
}

/**
 * Locks topic rows `for share`, in id order: whoever deletes backlog rows or ends a broadcast holds it, so that no publish
 * can take a number in between (rule 1). What it returns is true until the transaction ends.
 */
export async function lockTopics(tx: Db, topicIds: readonly number[]): Promise<ReadonlyMap<number, LockedTopic>> {
  if (topicIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('topic')
    .select(['id', 'newest', 'delivery', 'every_from as everyFrom'])
    .where('id', 'in', topicIds)
    .orderBy('id')
    .forShare()
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Ends broadcasts that have nobody left, or has them carry on to whatever is newest by now. The caller holds the topics
 * `for share` since an earlier statement.
 *
 * @returns the topics whose broadcast carries on
 */
export async function endBroadcasts(tx: Db, topics: ReadonlyMap<number, LockedTopic>): Promise<readonly number[]> {
  if (topics.size === 0) return []
  const finished = await tx
    .selectFrom('broadcast')
    .select(['topic_id', 'to_number'])
    .where('topic_id', 'in', [...topics.keys()])
    .where('exhausted', '=', true)
    .where('open_batches', '=', 0)
    .orderBy('topic_id')
    .forUpdate()
    .execute()
  const ended: number[] = []
  const carriedOn: { topicId: number; from: number; to: number }[] = []
  for (const { topic_id: topicId, to_number: from } of finished) {
    const topic = topics.get(topicId)
    const to = topic === undefined ? null : owed(topic, from)
    if (to === null) ended.push(topicId)
    else carriedOn.push({ topicId, from, to })
  }
  if (ended.length > 0) await tx.deleteFrom('broadcast').where('topic_id', 'in', ended).execute()
  if (carriedOn.length > 0) await carryOn(tx, carriedOn)
  return carriedOn.map(({ topicId }) => topicId)
}

async function carryOn(
  tx: Db,
  broadcasts: readonly { readonly topicId: number; readonly from: number; readonly to: number }[],
): Promise<void> {
  await sql`
    update broadcast b
    set from_number = c.from_number, to_number = c.to_number, cursor = 0, exhausted = false,
      turn = nextval('broadcast_turn_taken'),
      -- Only where all that is new repeats what everybody else already has.
      newcomers_only = not exists (
        select from publication p
        where p.topic_id = c.topic_id and p.number > c.from_number and p.number <= c.to_number and not p.repeats
      )
    from unnest(
      ${broadcasts.map(({ topicId }) => topicId)}::bigint[],
      ${broadcasts.map(({ from }) => from)}::bigint[],
      ${broadcasts.map(({ to }) => to)}::bigint[]
    ) as c (topic_id, from_number, to_number)
    where b.topic_id = c.topic_id
  `.execute(tx)
}

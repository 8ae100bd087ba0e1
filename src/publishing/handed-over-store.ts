import { sql } from 'kysely'
import type { Db, Delivery } from '../db/schema.ts'
import { originOf, urlKey } from '../url-key.ts'

/** A topic whose content is handed over, its row locked `for update`, as `publish` needs it. */
export interface HeldTopic {
  readonly id: number
  readonly newest: number
  readonly delivery: Delivery
  readonly everyFrom: number
  /** Parts of it are topics. */
  readonly hasFragments: boolean
}

/** Locks the topic, made where it is not there yet. */
export async function holdTopic(tx: Db, url: string): Promise<HeldTopic> {
  for (;;) {
    const held = await tx
      .selectFrom('topic')
      .select(['id', 'newest', 'delivery', 'every_from as everyFrom'])
      .select(sql<boolean>`exists (select from fragment where page_id = topic.id)`.as('hasFragments'))
      .where('key', '=', urlKey(url))
      .forUpdate()
      .executeTakeFirst()
    if (held !== undefined) return held
    await tx
      .insertInto('topic')
      .values({ key: urlKey(url), url, origin: originOf(url) })
      .onConflict((conflict) => conflict.column('key').doNothing()) // It may be pruned again before it is locked: another turn.
      .execute()
  }
}

/** Whether some subscription has not been brought to the topic's newest number. The caller holds the topic since an earlier statement. */
export async function isOwing(tx: Db, topicId: number): Promise<boolean> {
  const { rows } = await sql<{ owing: boolean }>`
    select exists (select from broadcast where topic_id = ${topicId})
      or exists (select from backlog where topic_id = ${topicId}) as owing
  `.execute(tx)
  return rows[0]?.owing ?? true
}

/** How a topic is delivered from its next number on. */
export interface Marking {
  readonly keyId: number
  readonly delivery: Delivery
  readonly everyFrom: number
  readonly now: Date
}

/**
 * Marks a topic as handed over. A fetch that is due or under way was asked for before, and what it brings may be older: it
 * is ended, and its settle finds its claim gone (rule 12). The validators go too: a 304 to the next fetch would be
 * said of what was fetched before, not of what was handed over. A polled topic is due again at its pace.
 */
export async function markHandedOver(tx: Db, id: number, { keyId, delivery, everyFrom, now }: Marking): Promise<void> {
  await sql`
    update topic set publisher_key_id = ${keyId}, delivery = ${delivery}, every_from = ${everyFrom},
      etag = null, last_modified = null, token = null, attempt = 0, rechecks = 0, result = 'handed over',
      due_at = ${now}::timestamptz + poll.pace_ms * interval '1 ms', derived = poll.pace_ms is not null
    from (values (${id}::bigint)) as given (id) left join poll on poll.topic_id = given.id and poll.ended_why is null
    where topic.id = given.id
  `.execute(tx)
}

/** A request as its publisher marked it (Idempotency-Key), so that it can be sent again without being delivered again. */
export interface MarkedRequest {
  readonly keyId: number
  readonly idempotencyKey: string
}

/** What an earlier request with this mark was for, and the number it got. */
export interface EarlierRequest {
  readonly topicId: number
  readonly topicKey: Buffer
  readonly number: number
  readonly bodySha256: Buffer
}

/**
 * Makes requests with one mark take turns until each transaction ends, in all hubs, and reads what an earlier one left. Null:
 * there is none since `since`.
 */
export async function earlierRequest(
  tx: Db,
  { keyId, idempotencyKey }: MarkedRequest,
  { since }: { readonly since: Date },
): Promise<EarlierRequest | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${idempotencyKey}, ${keyId}))`.execute(tx)
  const row = await tx
    .selectFrom('idempotency')
    .innerJoin('topic', 'topic.id', 'idempotency.topic_id')
    .select(['topic_id as topicId', 'number', 'topic.key as topicKey', 'body_sha256 as bodySha256'])
    .where('idempotency.publisher_key_id', '=', keyId)
    .where('idempotency.key', '=', idempotencyKey)
    .where('accepted_at', '>=', since)
    .executeTakeFirst()
  return row ?? null
}

/** Remembers a request with its mark; one that is too old to count is replaced. */
export async function rememberRequest(
  tx: Db,
  { keyId, idempotencyKey }: MarkedRequest,
  accepted: { readonly topicId: number; readonly number: number; readonly bodySha256: Buffer; readonly now: Date },
): Promise<void> {
  const told = {
    topic_id: accepted.topicId,
    number: accepted.number,
    body_sha256: accepted.bodySha256,
    accepted_at: accepted.now,
  }
  await tx
    .insertInto('idempotency')
    .values({ publisher_key_id: keyId, key: idempotencyKey, ...told })
    .onConflict((conflict) => conflict.columns(['publisher_key_id', 'key']).doUpdateSet(told))
    .execute()
}

/** Forgets requests accepted before `before`. @returns how many went; fewer than `limit` means none is left to go */
export async function pruneRequests(
  db: Db,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<number> {
  const result = await sql`
    delete from idempotency where ctid in (
      select ctid from idempotency where accepted_at < ${before} order by accepted_at limit ${limit} for update skip locked
    )
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

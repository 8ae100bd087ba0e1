import type { Db, Delivery } from '../db/schema.ts'
import type { TopicPattern } from './pattern.ts'
import { digestOf, newSecret } from './secret.ts'

/** Who may hand over content, and for which topics. The key itself is known to its owner alone. */
export interface PublisherKey {
  readonly id: number
  readonly pattern: TopicPattern
  /** How its topics are delivered; null: as their content suggests. */
  readonly delivery: Delivery | null
  readonly createdAt: Date
  /** No longer in force since. */
  readonly revokedAt: Date | null
}

/** Makes a key. The database keeps its digest: this is the only time it is seen. */
export async function createKey(
  db: Db,
  {
    pattern,
    delivery,
    now,
  }: { readonly pattern: TopicPattern; readonly delivery: Delivery | null; readonly now: Date },
): Promise<{ readonly id: number; readonly secret: string }> {
  const secret = newSecret()
  const { id } = await db
    .insertInto('publisher_key')
    .values({
      sha256: digestOf(secret),
      topic_origin: pattern.origin,
      topic_path_prefix: pattern.path,
      delivery,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, secret }
}

/** Every key that was ever made, the oldest first. */
export async function listKeys(db: Db): Promise<readonly PublisherKey[]> {
  const rows = await db.selectFrom('publisher_key').select(columns).orderBy('id').execute()
  return rows.map(keyOf)
}

/** Ends a key, at once and in every hub: each request looks it up. @returns the key as it was before; null: there is none */
export async function revokeKey(db: Db, id: number, { now }: { readonly now: Date }): Promise<PublisherKey | null> {
  const row = await db.selectFrom('publisher_key').select(columns).where('id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  await db
    .updateTable('publisher_key')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
  return keyOf(row)
}

/** The key somebody shows, revoked or not; null: no such key. What is compared is a digest, which says nothing of the key (SEC-07). */
export async function findKey(db: Db, secret: string): Promise<PublisherKey | null> {
  const row = await db
    .selectFrom('publisher_key')
    .select(columns)
    .where('sha256', '=', digestOf(secret))
    .executeTakeFirst()
  return row === undefined ? null : keyOf(row)
}

/** Whether a key is in force at this moment. */
export async function isInForce(db: Db, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('publisher_key')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** The patterns of an origin's keys that are in force. */
export async function patternsInForce(db: Db, origins: readonly string[]): Promise<readonly TopicPattern[]> {
  const rows = await db
    .selectFrom('publisher_key')
    .select(['topic_origin', 'topic_path_prefix'])
    .distinct()
    .where('topic_origin', 'in', origins)
    .where('revoked_at', 'is', null)
    .execute()
  return rows.map(patternOf)
}

const columns = ['id', 'topic_origin', 'topic_path_prefix', 'delivery', 'created_at', 'revoked_at'] as const

function keyOf(row: {
  readonly id: number
  readonly topic_origin: string
  readonly topic_path_prefix: string
  readonly delivery: Delivery | null
  readonly created_at: Date
  readonly revoked_at: Date | null
}): PublisherKey {
  const { id, delivery, created_at: createdAt, revoked_at: revokedAt } = row
  return { id, pattern: patternOf(row), delivery, createdAt, revokedAt }
}

function patternOf(row: { readonly topic_origin: string; readonly topic_path_prefix: string }): TopicPattern {
  return { origin: row.topic_origin, path: row.topic_path_prefix }
}

import { timingSafeEqual } from 'node:crypto'
import type { Db, Right } from '../db/schema.ts'
import { digestOf, newSecret } from './secret.ts'

/** Who may subscribe unasked, and see what is its own. The key itself is known to its owner alone. */
export interface SubscriberKey {
  readonly id: number
  /** Several keys may have the same: what was made with one belongs to all of them. */
  readonly login: string
  readonly rights: readonly Right[]
  readonly createdAt: Date
  /** No longer in force since. */
  readonly revokedAt: Date | null
}

export const allRights: readonly Right[] = ['subscribe', 'unsubscribe', 'list', 'retrieve']

/** What a login may be: it stands before the colon of Basic credentials. */
export const loginPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Makes a key. The database keeps its digest: this is the only time it is seen. */
export async function createSubscriberKey(
  db: Db,
  { login, rights, now }: { readonly login: string; readonly rights: readonly Right[]; readonly now: Date },
): Promise<{ readonly id: number; readonly secret: string }> {
  const secret = newSecret()
  const { id } = await db
    .insertInto('subscriber_key')
    .values({ login, sha256: digestOf(secret), rights: [...rights], created_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, secret }
}

/** Every key that was ever made, the oldest first. */
export async function listSubscriberKeys(db: Db): Promise<readonly SubscriberKey[]> {
  const rows = await db.selectFrom('subscriber_key').selectAll().orderBy('id').execute()
  return rows.map(keyOf)
}

/** Ends a key, at once and in every hub: each request looks it up. @returns the key as it was before; null: there is none */
export async function revokeSubscriberKey(
  db: Db,
  id: number,
  { now }: { readonly now: Date },
): Promise<SubscriberKey | null> {
  const row = await db.selectFrom('subscriber_key').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  await db
    .updateTable('subscriber_key')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
  return keyOf(row)
}

/** Whether a key was ever made for it. */
export async function isLogin(db: Db, login: string): Promise<boolean> {
  const row = await db.selectFrom('subscriber_key').select('id').where('login', '=', login).executeTakeFirst()
  return row !== undefined
}

/** The key in force that these credentials are; null: there is none. Digests are compared, in constant time (SEC-07). */
export async function findSubscriberKey(
  db: Db,
  { login, secret }: { readonly login: string; readonly secret: string },
): Promise<SubscriberKey | null> {
  const shown = digestOf(secret)
  const rows = await db
    .selectFrom('subscriber_key')
    .selectAll()
    .where('login', '=', login)
    .where('revoked_at', 'is', null)
    .execute()
  const found = rows.filter(({ sha256 }) => timingSafeEqual(sha256, shown))[0]
  return found === undefined ? null : keyOf(found)
}

function keyOf(row: {
  readonly id: number
  readonly login: string
  readonly rights: readonly Right[]
  readonly created_at: Date
  readonly revoked_at: Date | null
}): SubscriberKey {
  const { id, login, rights, created_at: createdAt, revoked_at: revokedAt } = row
  return { id, login, rights, createdAt, revokedAt }
}

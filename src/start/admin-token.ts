import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../db/schema.ts'

/** As the database keeps a token: nobody who reads it there can use it. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/**
 * Makes the operator's token where the database has none yet.
 *
 * @returns the token, which can be told this once only; null: there was one, or another hub was quicker
 */
export async function makeAdminToken(db: Db): Promise<string | null> {
  const token = randomBytes(32).toString('base64url')
  const { numUpdatedRows } = await db
    .updateTable('hub')
    .set({ admin_token_sha256: hashOfToken(token) })
    .where('admin_token_sha256', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n ? token : null
}

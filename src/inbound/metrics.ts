import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import { RequestRefused } from '../refusal.ts'
import type { Exposition } from './parts.ts'

/** A scrape's answer. */
export function exposition({ contentType, text }: Exposition): Response {
  return new Response(text, { headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' } })
}

/**
 * Lets only the administrator through (SEC-19): `Authorization: Bearer` with ADMIN_TOKEN, or with the token that was
 * printed at the first start, of which the database keeps the SHA-256.
 *
 * @throws {RequestRefused} 401
 */
export async function requireAdministrator(
  authorization: string | undefined,
  { db, config }: { readonly db: Db; readonly config: Config },
): Promise<void> {
  const [, token] = /^Bearer +([^\s]+)$/i.exec(authorization ?? '') ?? []
  if (token !== undefined) {
    const expected = config.ADMIN_TOKEN === undefined ? await storedDigest(db) : sha256(config.ADMIN_TOKEN)
    // Digests have one length and say nothing of the token, so the comparison gives nothing away (SEC-07).
    if (expected !== null && timingSafeEqual(sha256(token), expected)) return
  }
  throw new RequestRefused("This needs the administrator's token: send Authorization: Bearer with ADMIN_TOKEN.", {
    status: 401,
  })
}

async function storedDigest(db: Db): Promise<Buffer | null> {
  const hub = await db.selectFrom('hub').select('admin_token_sha256').executeTakeFirst()
  return hub?.admin_token_sha256 ?? null
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

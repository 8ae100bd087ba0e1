import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/** Keeps bytes that publications refer to. @returns the content's id */
export async function storeContent(
  tx: Db,
  content: { readonly sha256: Buffer; readonly body: Buffer },
): Promise<number> {
  const { id } = await tx.insertInto('content').values(content).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Content up to this long is read along with its publication. */
export const readAlongBytesMax = 512 * 1024

/**
 * Content piece by piece, into one buffer: Postgres writes bytes as hexadecimal text, which `pg` gathers, copies and decodes, so that
 * in one piece they would be in memory seven times. Stored uncompressed, they are found without reading what stands before.
 *
 * @returns null where it is no longer kept
 */
export async function readBody(
  db: Db,
  { id, bytes }: { readonly id: number; readonly bytes: number },
): Promise<Buffer | null> {
  const body = Buffer.allocUnsafeSlow(bytes)
  for (let at = 0; at < bytes; at += readAlongBytesMax) {
    const { rows } = await sql<{ piece: Buffer }>`
      select substring(body from ${at + 1}::int for ${readAlongBytesMax}::int) as piece from content where id = ${id}
    `.execute(db)
    if (rows[0] === undefined) return null
    rows[0].piece.copy(body, at)
  }
  return body
}

/** Removes bytes no publication refers to any more. */
export async function pruneContent(db: Db, { limit }: { readonly limit: number }): Promise<number> {
  const result = await sql`
    delete from content where id in (
      select c.id from content c
      where not exists (select from publication p where p.content_id = c.id)
      order by c.id limit ${limit}
      for update skip locked
    )
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

import { sql } from 'kysely'
import { transaction } from './database.ts'
import type { Db } from './schema.ts'

/**
 * Lets go of every claim there is. For whoever knows that no other hub is at this database: what a hub that died had begun is
 * then begun again at once, and not when its claims lapse.
 */
export async function lapseClaims(db: Db, now: Date): Promise<void> {
  await transaction(db, async (tx) => {
    for (const table of ['topic', 'verification', 'denial', 'backlog']) {
      await sql`
        update ${sql.table(table)} set token = null, due_at = ${now} where token is not null and due_at > ${now}
      `.execute(tx)
    }
    await sql`
      update origin set due_at = ${now}
      where open_since is null and due_at > ${now} and exists (select from backlog b where b.origin = origin.origin and b.due_at <= ${now})
    `.execute(tx)
    await sql`update batch set claimed_until = ${now} where claimed_until > ${now}`.execute(tx)
  })
}

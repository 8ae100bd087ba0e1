import { sql } from 'kysely'
import { transaction } from './database.ts'
import type { Db } from './schema.ts'

/** The tables whose rows are work: due at an instant, claimed by a token, tried, and set aside where they cannot be done. */
export const workTables = ['topic', 'verification', 'denial', 'backlog'] as const

/**
 * Lets go of every claim there is. For whoever knows that no other hub is at this database: what a hub that died had begun is
 * then begun again at once, and not when its claims lapse.
 */
export async function lapseClaims(db: Db, now: Date): Promise<void> {
  await transaction(db, async (tx) => {
    for (const table of workTables) {
      await sql`
        update ${sql.table(table)} set token = null, due_at = ${now} where token is not null and due_at > ${now}
      `.execute(tx)
    }
    await wakeOrigins(tx, now)
    await sql`update batch set claimed_until = ${now} where claimed_until > ${now}`.execute(tx)
  })
}

/** Has the origins looked at that have backlog due, for whoever made it due in a statement of another kind; never behind an open breaker. */
export async function wakeOrigins(tx: Db, now: Date): Promise<void> {
  await sql`
    update origin o set due_at = ${now}
    where o.open_since is null and exists (select from backlog b where b.origin = o.origin and b.due_at <= ${now})
  `.execute(tx)
}

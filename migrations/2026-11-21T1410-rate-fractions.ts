import { type Kysely, sql } from 'kysely'

/**
 * What one of a rate takes may be less than a millisecond, and is counted to the microsecond. More digits rewrite no row, and
 * the code before reads and writes them as it did.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table rate alter column arrival_at type timestamptz`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table rate alter column arrival_at type timestamptz(3)`.execute(db)
}

import { type Kysely, sql } from 'kysely'

/**
 * Until when a topic counts as read by streams (`src/streams`). A column without a default is added at once, however many
 * topics there are; no index, since it is only read of rows already found.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table topic add column read_until timestamptz(3)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table topic drop column read_until`.execute(db)
}

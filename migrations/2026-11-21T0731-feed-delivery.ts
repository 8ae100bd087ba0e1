import { type Kysely, sql } from 'kysely'

/**
 * Who gets feeds reduced to their new entries: a topic's word beside the setting's, a subscription's beside both. No row is
 * rewritten or looked at, however many there are: all of them are null, which the checks allow.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['topic', 'verification', 'subscription']) {
    await sql`
      alter table ${sql.ref(table)} add column feed_delivery text,
        add constraint ${sql.ref(`${table}_feed_delivery`)} check (feed_delivery in ('full', 'new-entries')) not valid
    `.execute(db)
  }
  await sql`alter table subscription add column missed bigint not null default 0`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table subscription drop column missed`.execute(db)
  for (const table of ['topic', 'verification', 'subscription']) {
    await sql`alter table ${sql.ref(table)} drop column feed_delivery`.execute(db)
  }
}

import { type Kysely, sql } from 'kysely'

/** What handing over content needs beside the tables that are there; hubs of the version before go on working. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<never> {
  throw new Error('Migrations are not undone: they expand, and older hubs work on.')
}

const statements = [
  // Whether a topic is registered is asked by its origin.
  `create index publisher_key_of_origin on publisher_key (topic_origin) where revoked_at is null`,

  // The key that last handed over content of the topic: while it is in force, the topic stays.
  `alter table topic add column publisher_key_id bigint references publisher_key`,

  // A topic that came to be delivered every owes nobody what was superseded before.
  `alter table topic add column every_from bigint not null default 1 check (every_from > 0)`,

  // Removing a topic asks whether it is named here, and so does its foreign key.
  `create index idempotency_of_topic on idempotency (topic_id)`,
]

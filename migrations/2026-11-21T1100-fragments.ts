import { type Kysely, sql } from 'kysely'

/**
 * Topics that are parts of pages. Hubs of the version before know no such topics and would take them for pages: all hubs of a
 * database are of this version before one of them is told FRAGMENT_TOPICS=on.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<never> {
  throw new Error('Fragment topics are not undone: without their pages they would never be looked at again.')
}

const statements = [
  `create table fragment (
    topic_id bigint primary key references topic on delete cascade,
    page_id bigint not null references topic check (page_id <> topic_id),
    looked bigint not null
  )`,
  `create index fragment_of_page on fragment (page_id)`,
]

import { type Kysely, sql } from 'kysely'

/** Topics that an operator has polled, because their publishers never ping. Beside `topic`, so that its rows stay narrow. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table poll (
      topic_id bigint primary key references topic on delete cascade,
      every_ms bigint not null check (every_ms > 0),
      slowest_ms bigint not null check (slowest_ms >= every_ms),
      pace_ms bigint not null check (pace_ms between every_ms and slowest_ms),
      ended_why text
    )
  `.execute(db)
}

export async function down(): Promise<never> {
  throw new Error('Polls are not undone: a hub of this version would lose what its operator asked for.')
}

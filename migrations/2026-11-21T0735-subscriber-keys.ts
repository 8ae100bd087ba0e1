import { type Kysely, sql } from 'kysely'

/**
 * Subscribers with a key of their own, as Superfeedr had them. No row is rewritten; hubs of the version before go on working,
 * though they do not know of topics that are only pulled.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<never> {
  throw new Error('Migrations are not undone: they expand, and older hubs work on.')
}

const statements = [
  // Numbered together with publisher keys, so that a number names one key.
  `create table subscriber_key (
    id bigint primary key default nextval('publisher_key_id_seq'),
    login text not null check (login ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    sha256 bytea not null unique check (length(sha256) = 32),
    rights text[] not null check (rights <> '{}' and rights <@ '{subscribe,unsubscribe,list,retrieve}'),
    created_at timestamptz(3) not null,
    revoked_at timestamptz(3)
  )`,
  `create index subscriber_key_of_login on subscriber_key (login)`,

  `create table pull (
    id bigint generated always as identity primary key,
    owner text not null,
    topic_id bigint not null references topic,
    topic text not null,
    secret bytea,
    format text check (format in ('json', 'atom')),
    unique (owner, topic_id)
  )`,
  `create index pull_of_topic on pull (topic_id)`,

  `alter table verification add column owner text, add column format text,
    add constraint verification_format check (format in ('json', 'atom')) not valid`,
  `alter table subscription add column owner text, add column format text,
    add column trusted boolean not null default false,
    add constraint subscription_format check (format in ('json', 'atom')) not valid,
    add constraint subscription_trusted check (not trusted or owner is not null) not valid`,
  `create index subscription_of_owner on subscription (owner, id) where owner is not null`,

  `alter table backlog add column replay_count integer, add column replay_number bigint,
    add column replay_at timestamptz(3)`,
]

import { type Kysely, sql } from 'kysely'

/**
 * Everything the hub keeps. What a row is, and which code owns it, stands in `src/db/schema.ts`; here stand the
 * constraints that say what can never be, and the indexes, each named for the query it serves.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(): Promise<never> {
  throw new Error('The first migration is not undone: drop the database instead.')
}

const statements = [
  `create table hub (
    single boolean primary key default true check (single),
    oldest_code integer not null,
    secret_key_fingerprint text,
    admin_token_sha256 bytea
  )`,
  `insert into hub (oldest_code) values (1)`,

  `create table topic (
    id bigint generated always as identity primary key,
    key bytea not null unique check (length(key) = 32),
    url text not null,
    origin text not null,
    etag text,
    last_modified text,
    self_url text,
    hub_urls text[] not null default '{}',
    delivery text not null default 'latest' check (delivery in ('latest', 'every')),
    newest bigint not null default 0 check (newest >= 0),
    pings bigint not null default 0,
    derived boolean not null default false,
    due_at timestamptz(3),
    attempt integer not null default 0,
    rechecks integer not null default 0,
    token uuid,
    fetched_at timestamptz(3),
    result text,
    parked_at timestamptz(3),
    parked_why text,
    check ((parked_at is null) = (parked_why is null))
  )`,
  `create index topic_due on topic (due_at) where due_at is not null and parked_at is null`,

  // A ping may name a topic by what its last answer called it (MIG-05).
  `create index topic_self on topic (self_url) where self_url is not null`,

  `create table verification (
    id bigint generated always as identity primary key,
    topic_key bytea not null check (length(topic_key) = 32),
    callback_key bytea not null check (length(callback_key) = 32),
    topic text not null,
    callback text not null,
    origin text not null,
    mode text not null check (mode in ('subscribe', 'unsubscribe')),
    by_hub boolean not null default false,
    lease_asked boolean not null,
    lease_seconds integer not null check (lease_seconds > 0),
    secret bytea,
    algorithm text not null default 'sha256' check (algorithm in ('sha1', 'sha256', 'sha384', 'sha512')),
    verify_token text,
    requested_at timestamptz(3) not null,
    due_at timestamptz(3) not null,
    attempt integer not null default 0,
    token uuid,
    parked_at timestamptz(3),
    parked_why text,
    unique (topic_key, callback_key),
    check ((parked_at is null) = (parked_why is null)),
    check (not by_hub or mode = 'subscribe')
  )`,
  `create index verification_due on verification (due_at) where parked_at is null`,

  `create table denial (
    id bigint generated always as identity primary key,
    topic text not null,
    callback text not null,
    origin text not null,
    reason text not null,
    due_at timestamptz(3) not null,
    attempt integer not null default 0,
    token uuid,
    parked_at timestamptz(3),
    parked_why text,
    check ((parked_at is null) = (parked_why is null))
  )`,
  `create index denial_due on denial (due_at) where parked_at is null`,

  `create table subscription (
    id bigint generated always as identity primary key,
    topic_id bigint not null references topic,
    callback_key bytea not null check (length(callback_key) = 32),
    topic text not null,
    callback text not null,
    origin text not null,
    secret bytea,
    algorithm text not null check (algorithm in ('sha1', 'sha256', 'sha384', 'sha512')),
    verify_token text,
    lease_asked boolean not null,
    lease_seconds integer not null check (lease_seconds > 0),
    lease_began_at timestamptz(3) not null,
    lease_ends_at timestamptz(3) not null,
    renew_at timestamptz(3),
    joined bigint not null,
    through bigint not null default 0,
    generation bigint not null default 1,
    unique (topic_id, callback_key),
    check (lease_ends_at > lease_began_at),
    check (renew_at < lease_ends_at)
  )`,
  `create index subscription_of_broadcast on subscription (topic_id, id)`,
  `create index subscription_joined on subscription (topic_id, joined)`,
  `create index subscription_renew on subscription (renew_at) where renew_at is not null`,
  `create index subscription_ended on subscription (lease_ends_at)`,

  `create table content (
    id bigint generated always as identity primary key,
    sha256 bytea not null check (length(sha256) = 32),
    body bytea not null check (length(body) > 0)
  )`,
  // Not compressed: a body is written once and read whole, and pglz would cost more than it saves.
  `alter table content alter column body set storage external`,

  `create table publication (
    topic_id bigint not null references topic,
    number bigint not null check (number > 0),
    content_id bigint not null references content,
    content_type text not null,
    self_url text not null,
    hub_urls text[] not null check (cardinality(hub_urls) > 0),
    repeats boolean not null default false,
    published_at timestamptz(3) not null,
    primary key (topic_id, number)
  )`,
  `create index publication_of_content on publication (content_id)`,
  `create index publication_age on publication (published_at)`,

  `create table broadcast (
    topic_id bigint primary key references topic,
    from_number bigint not null,
    to_number bigint not null,
    newcomers_only boolean not null,
    cursor bigint not null default 0,
    exhausted boolean not null default false,
    open_batches integer not null default 0 check (open_batches >= 0),
    turn bigint not null,
    check (from_number < to_number)
  )`,
  `create index broadcast_turn on broadcast (turn) where not exhausted or open_batches = 0`,
  `create sequence broadcast_turn_taken`,

  `create table batch (
    id bigint generated always as identity primary key,
    topic_id bigint not null references broadcast,
    from_number bigint not null,
    to_number bigint not null,
    subscription_ids bigint[] not null check (cardinality(subscription_ids) > 0),
    done bytea not null,
    token uuid not null,
    claimed_until timestamptz(3) not null
  )`,
  `create index batch_lapsed on batch (claimed_until)`,

  `create table backlog (
    subscription_id bigint primary key references subscription on delete cascade,
    topic_id bigint not null references topic,
    origin text not null,
    since bigint not null,
    number bigint not null,
    attempt integer not null default 0,
    failures integer not null default 0,
    failing_since timestamptz(3),
    newer_wait_ms integer not null default 0,
    of_origin boolean not null default false,
    not_before timestamptz(3),
    due_at timestamptz(3) not null,
    token uuid,
    parked_at timestamptz(3),
    parked_why text,
    check (since < number),
    check ((parked_at is null) = (parked_why is null))
  )`,
  `create index backlog_of_origin on backlog (origin, due_at) where parked_at is null`,
  `create index backlog_of_topic on backlog (topic_id)`,

  `create table origin (
    origin text primary key,
    due_at timestamptz(3),
    open_since timestamptz(3),
    probe_at timestamptz(3),
    probe_wait_ms integer,
    check ((open_since is null) = (probe_at is null) and (open_since is null) = (probe_wait_ms is null))
  )`,
  `create index origin_due on origin (due_at) where due_at is not null`,

  `create table attempt (
    at timestamptz(3) not null,
    topic_id bigint not null,
    number bigint not null,
    subscription_id bigint not null,
    attempt integer not null,
    outcome text not null,
    status smallint,
    failure text,
    name_ms integer,
    connect_ms integer,
    first_byte_ms integer,
    total_ms integer not null
  ) partition by range (at)`,

  `create table publisher_key (
    id bigint generated always as identity primary key,
    sha256 bytea not null unique check (length(sha256) = 32),
    topic_origin text not null,
    topic_path_prefix text not null,
    delivery text check (delivery in ('latest', 'every')),
    created_at timestamptz(3) not null,
    revoked_at timestamptz(3)
  )`,
  `create table idempotency (
    publisher_key_id bigint not null references publisher_key,
    key text not null,
    body_sha256 bytea not null check (length(body_sha256) = 32),
    topic_id bigint not null references topic,
    number bigint not null,
    accepted_at timestamptz(3) not null,
    primary key (publisher_key_id, key)
  )`,
  `create index idempotency_age on idempotency (accepted_at)`,

  // Lost at a crash of Postgres, and no harm: a limit then forgets who was near it.
  `create unlogged table rate (
    key text primary key,
    arrival_at timestamptz(3) not null
  )`,
  `create index rate_spent on rate (arrival_at)`,
]

import type { ColumnType, Generated, GeneratedAlways, Kysely } from 'kysely'

/** The database, or a transaction in it: what every store function takes first. */
export type Db = Kysely<Schema>

/**
 * The data dictionary: one interface a table, one owner a table (named in its first line). Others may read, and settling
 * a batch may touch what it must. Ids are `bigint` in Postgres and safe integers here (parsed once, in `database.ts`);
 * instants are the database's own, to the millisecond.
 */
export interface Schema {
  hub: HubTable
  topic: TopicTable
  poll: PollTable
  fragment: FragmentTable
  verification: VerificationTable
  denial: DenialTable
  subscription: SubscriptionTable
  content: ContentTable
  publication: PublicationTable
  broadcast: BroadcastTable
  batch: BatchTable
  backlog: BacklogTable
  origin: OriginTable
  attempt: AttemptTable
  publisher_key: PublisherKeyTable
  subscriber_key: SubscriberKeyTable
  pull: PullTable
  idempotency: IdempotencyTable
  rate: RateTable
}

/** The newest generation of the schema this code understands; `hub.oldest_code` beyond it refuses to start. */
export const codeGeneration = 1

export type Algorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512'
export type Mode = 'subscribe' | 'unsubscribe'
/** `latest`: only the newest publication matters. `every`: each is a fact of its own, delivered in turn. */
export type Delivery = 'latest' | 'every'
/** `new-entries`: a feed is reduced, for each subscription, to the entries that are new or changed. */
export type FeedDelivery = 'full' | 'new-entries'

/** What somebody with a subscriber's key may do. */
export type Right = 'subscribe' | 'unsubscribe' | 'list' | 'retrieve'
/** How a subscription wants its notifications, where it does not take them as published. */
export type Format = 'json' | 'atom'

/** Written by `db/migrate.ts` and `db/database.ts`. One row: what all hubs of this database must agree on. */
export interface HubTable {
  single: Generated<boolean>
  oldest_code: number
  /** A code with another SECRET_KEY could not read the secrets: it refuses to start. */
  secret_key_fingerprint: string | null
  admin_token_sha256: Buffer | null
}

/** `publishing/store.ts`. A topic that somebody subscribes to, reads as a stream, or holds a key for. */
export interface TopicTable {
  id: GeneratedAlways<number>
  /** SHA-256 of the comparison form of the URL. */
  key: Buffer
  /** As first given; this is what is fetched. */
  url: string
  origin: string
  etag: string | null
  last_modified: string | null
  self_url: string | null
  hub_urls: Generated<string[]>
  delivery: Generated<Delivery>
  /** Where `delivery` is `every`: from this number on. What came before was superseded by the last of it. */
  every_from: Generated<number>
  /** The key that last handed over content of it; while that is in force, the topic stays. */
  publisher_key_id: number | null
  /** Null: as FEED_DELIVERY says. */
  feed_delivery: FeedDelivery | null
  /** The number of the newest publication; 0 before the first. */
  newest: Generated<number>
  /** Every notice of a change counts up, so that a fetch can tell whether another came while it ran (PUB-11). */
  pings: Generated<number>
  /** The fetch that is due was asked for by another topic's alias; it asks for none itself (design §4). */
  derived: Generated<boolean>
  /** When a fetch is due; while one is claimed, when the claim lapses. */
  due_at: Date | null
  attempt: Generated<number>
  /** How many delayed second looks were taken since the last ping (PUB-16). */
  rechecks: Generated<number>
  token: string | null
  /** `publishing/reading-store.ts`. Until then streams count as its readers, like a subscription; the last may have ended before. */
  read_until: Date | null
  fetched_at: Date | null
  /** One word or sentence: what the last fetch came to. */
  result: string | null
  parked_at: Date | null
  parked_why: string | null
}

/** `publishing/poll-store.ts`. A topic whose publisher never pings, asked for by and by. */
export interface PollTable {
  topic_id: number
  every_ms: number
  slowest_ms: number
  /** How often as of now, between the two. */
  pace_ms: number
  /** It is polled no more: what its server said. */
  ended_why: string | null
}

/** `fragments/store.ts`. A topic that is a part of a page, which is a topic too, subscribed to or not. It is read where its page is published. */
export interface FragmentTable {
  topic_id: number
  page_id: number
  /** The page's number that was looked at last, or that it had when the fragment became a topic. */
  looked: number
}

/** `subscribing/store.ts`. A request waiting for its subscriber's yes: one per (topic, callback), the newest wins. */
export interface VerificationTable {
  id: GeneratedAlways<number>
  topic_key: Buffer
  callback_key: Buffer
  /** As given, for the echo (§5.3). */
  topic: string
  callback: string
  origin: string
  mode: Mode
  /** A renewal that the hub began; it never replaces a subscriber's own request. */
  by_hub: Generated<boolean>
  lease_asked: boolean
  lease_seconds: number
  /** Encrypted (`subscribing/secret.ts`). */
  secret: Buffer | null
  algorithm: Generated<Algorithm>
  verify_token: string | null
  /** Null: it did not say. */
  feed_delivery: FeedDelivery | null
  /** The login whose key asked; null: nobody's. */
  owner: string | null
  format: Format | null
  requested_at: Date
  due_at: Date
  attempt: Generated<number>
  token: string | null
  parked_at: Date | null
  parked_why: string | null
}

/** `subscribing/store.ts`. A no still to be told (§5.2). */
export interface DenialTable {
  id: GeneratedAlways<number>
  topic: string
  callback: string
  origin: string
  reason: string
  due_at: Date
  attempt: Generated<number>
  token: string | null
  parked_at: Date | null
  parked_why: string | null
}

/** `subscribing/settle-store.ts`. Verified; its lease may have ended without having been pruned. */
export interface SubscriptionTable {
  id: GeneratedAlways<number>
  topic_id: number
  callback_key: Buffer
  topic: string
  callback: string
  origin: string
  secret: Buffer | null
  algorithm: Algorithm
  verify_token: string | null
  /** As its newest request said; null: as the topic, or FEED_DELIVERY, says. */
  feed_delivery: FeedDelivery | null
  /** The login of the subscriber's keys it was made with; null: it was made without one. */
  owner: string | null
  /** Its callback was never asked: its owner's key is trusted. Renewed by the hub without asking while one is in force. */
  trusted: Generated<boolean>
  /** Null: as published. */
  format: Format | null
  /** Whether the subscriber named a length; a lease it did not choose is renewed by the hub. */
  lease_asked: boolean
  lease_seconds: number
  /** When the verification request was sent (§5.3). */
  lease_began_at: Date
  lease_ends_at: Date
  renew_at: Date | null
  /** The topic's newest number when the subscription was verified: it is owed what comes after. */
  joined: number
  /** Written only where a backlog row goes: delivered or given up through this number. */
  through: Generated<number>
  /** The newest number that was given up: it may lack whatever came with it. */
  missed: Generated<number>
  /** Counts verified renewals: a 410 ends only the generation that was attempted. */
  generation: Generated<number>
}

/** `distribution/content-store.ts`. Bytes, shared by the publications that are the same. */
export interface ContentTable {
  id: GeneratedAlways<number>
  sha256: Buffer
  body: Buffer
}

/** `distribution/publication-store.ts`. One number of a topic. */
export interface PublicationTable {
  topic_id: number
  number: number
  content_id: number
  content_type: string
  self_url: string
  hub_urls: string[]
  /** The same content once more, for those who joined since the last number and have received nothing. */
  repeats: Generated<boolean>
  published_at: Date
}

/** `distribution/broadcast-store.ts`. A topic on its way from one number to another; at most one a topic. */
export interface BroadcastTable {
  topic_id: number
  from_number: number
  to_number: number
  newcomers_only: boolean
  /** The last subscription id that was looked at. */
  cursor: Generated<number>
  /** The cursor is done; open batches may remain. */
  exhausted: Generated<boolean>
  open_batches: Generated<number>
  /** Topics take turns: the lowest waited longest. */
  turn: number
}

/** `distribution/batch-store.ts`. A claimed range of a broadcast. */
export interface BatchTable {
  id: GeneratedAlways<number>
  topic_id: number
  from_number: number
  to_number: number
  subscription_ids: number[]
  /** One bit a subscription, in the order of `subscription_ids`, lowest bit first. */
  done: Buffer
  token: string
  claimed_until: Date
}

/** `distribution/backlog-store.ts`. A subscription that is behind; one row, however much it missed. */
export interface BacklogTable {
  subscription_id: number
  topic_id: number
  origin: string
  /** It has everything up to here, or nothing at all where `subscription.joined >= since`. */
  since: number
  /** The number last tried, or to be tried first. */
  number: number
  /** Tries of `number` so far. */
  attempt: Generated<number>
  /** Failures in a row, of whatever number. */
  failures: Generated<number>
  failing_since: Date | null
  /** How long the first try of a newer number waits (`distribution/retry.ts`). */
  newer_wait_ms: Generated<number>
  /** The last failure looked like the server's, not this callback's: due at once when its origin recovers. */
  of_origin: Generated<boolean>
  /** From Retry-After: nothing is sent sooner. */
  not_before: Date | null
  /** Its owner asked for as many past entries again; null: nothing was asked for. */
  replay_count: number | null
  /** Nothing else is owed up to this number, the newest when it was asked for: it alone is sent as those entries. */
  replay_number: number | null
  replay_at: Date | null
  due_at: Date
  /** Claimed, and by which claim; `due_at` is then when it lapses. */
  token: string | null
  parked_at: Date | null
  parked_why: string | null
}

/** `distribution/origin-store.ts`. Where backlog waits, and the breaker all hubs share. */
export interface OriginTable {
  origin: string
  /** The earliest its backlog may be due (never later than the truth), or null: none. */
  due_at: Date | null
  /** The breaker is open; one probe at `probe_at` decides. */
  open_since: Date | null
  probe_at: Date | null
  probe_wait_ms: number | null
}

/** `distribution/attempt-store.ts`. One row per try; partitioned by day, so that ageing drops a table. */
export interface AttemptTable {
  at: Date
  topic_id: number
  number: number
  subscription_id: number
  attempt: number
  /** `delivered`, `gone`, `failed`. */
  outcome: string
  status: number | null
  failure: string | null
  name_ms: number | null
  connect_ms: number | null
  first_byte_ms: number | null
  total_ms: number
}

/** `keys/store.ts`. Who may hand over content, and for which topics; the key itself is never stored. */
export interface PublisherKeyTable {
  id: GeneratedAlways<number>
  sha256: Buffer
  topic_origin: string
  /** One that ends in `/` stands for everything beneath it, any other for that path and query alone (`keys/pattern.ts`). */
  topic_path_prefix: string
  /** Null: as the content suggests. */
  delivery: Delivery | null
  created_at: Date
  revoked_at: Date | null
}

/** `keys/subscriber-store.ts`. Who may subscribe unasked, list and retrieve what is its own; the key itself is never stored. */
export interface SubscriberKeyTable {
  /** Counted together with publisher keys: a number names one key. */
  id: Generated<number>
  /** Several keys may have the same: what was made with one belongs to all of them. */
  login: string
  sha256: Buffer
  rights: Right[]
  created_at: Date
  revoked_at: Date | null
}

/** `superfeedr/pull-store.ts`. A topic that a key's owner reads without a callback (`/dev/null`); it is kept as if subscribed to. */
export interface PullTable {
  id: GeneratedAlways<number>
  owner: string
  topic_id: number
  /** As given. */
  topic: string
  /** Encrypted; listed, since nothing is signed with it. */
  secret: Buffer | null
  format: Format | null
}

/** `publishing/handed-over-store.ts`. Accepted handed-over content by its Idempotency-Key, for 24 hours. */
export interface IdempotencyTable {
  publisher_key_id: number
  key: string
  body_sha256: Buffer
  topic_id: number
  number: number
  accepted_at: Date
}

/** `db/rate.ts`. The theoretical arrival time of a limited key (GCRA), agreed by all hubs and kept to the microsecond. */
export interface RateTable {
  key: string
  arrival_at: ColumnType<Date, Date, Date>
}

import type { TestContext } from 'node:test'
import { type Config, readConfig } from '../../src/config.ts'
import type { Db } from '../../src/db/schema.ts'
import { createPublications } from '../../src/distribution/publications.ts'
import { createSelector, type SelectorSettings } from '../../src/fragments/selector.ts'
import { noteChange } from '../../src/publishing/change.ts'
import { fetchJob } from '../../src/publishing/fetch.ts'
import type { PublishingParts } from '../../src/publishing/parts.ts'
import { originOf, urlKey } from '../../src/url-key.ts'
import { type Bell, createBell } from '../../src/work/bell.ts'
import { type Duty, dutyOf } from '../../src/work/job.ts'
import { earliestDue } from '../../src/work/worker.ts'
import { type RecordedEvents, recordEvents } from '../support/events.ts'
import { testDatabase } from '../support/postgres.ts'
import { type Publisher, startPublisher } from '../support/publisher.ts'
import { type TestWorld, testWorld } from '../support/world.ts'

export const hubUrl = 'http://hub.example/'

/** One hub's publishing on a database: what it is made of, and its fetch duty. */
export interface Hub {
  readonly parts: PublishingParts
  readonly recorded: RecordedEvents
  readonly duty: Duty
  /** A publisher's notice. */
  ping(...topics: readonly string[]): Promise<void>
  /** Starts what is due and does not wait for it. */
  begin(): Promise<void>
  /** Turns until nothing is due. */
  drain(): Promise<void>
  /** Breaks off what it does, as a stopping hub, and waits until that is written. */
  stop(): Promise<void>
}

/** The chapter alone: real Postgres, real publishers; subscriptions are rows, and what is published is read from the tables. */
export interface Chapter extends Hub {
  readonly db: Db
  readonly world: TestWorld
  readonly publisher: Publisher
  /** A verified subscription to the topic, as `subscribing` would leave it. */
  subscribes(topic: string, lease?: { readonly seconds: number }): Promise<void>
  /** Everything published of a topic, in order. */
  published(topic: string): Promise<readonly Published[]>
  /** The topic's row, or undefined. */
  row(topic: string): Promise<Record<string, unknown> | undefined>
  /** One more hub on the same database. */
  another(): Hub
}

export interface Published {
  readonly number: number
  readonly body: Buffer
  readonly text: string
  readonly contentType: string
  readonly selfUrl: string
  readonly hubUrls: readonly string[]
  readonly repeats: boolean
}

export async function publishingChapter(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
  selecting: Partial<SelectorSettings> = {},
): Promise<Chapter> {
  const { db } = await testDatabase(t)
  const world = testWorld(t)
  const config = readConfig({ HUB_URL: hubUrl, ...settings })
  const publisher = await startPublisher(t, { hubUrl })
  const create = () => createHub(t, { db, world, config, selecting })
  return {
    ...create(),
    ...{ db, world, publisher },
    subscribes: (topic, { seconds } = { seconds: 2_592_000 }) => subscribe(db, topic, { now: world.now(), seconds }),
    published: (topic) => readPublished(db, topic),
    row: (topic) => db.selectFrom('topic').selectAll().where('key', '=', urlKey(topic)).executeTakeFirst(),
    another: create,
  }
}

function createHub(
  t: TestContext,
  {
    db,
    world,
    config,
    selecting,
  }: {
    readonly db: Db
    readonly world: TestWorld
    readonly config: Config
    readonly selecting: Partial<SelectorSettings>
  },
): Hub {
  const bell: Bell = createBell(world.now)
  const recorded = recordEvents()
  const parts: PublishingParts = { db, config, world, events: recorded.events, bell }
  const stopping = new AbortController()
  const selector = createSelector({
    onError: (error) => recorded.events.dutyFailed({ duty: 'fragments', error }),
    monotonicMs: world.monotonicMs,
    ...selecting,
  })
  const duty = dutyOf(fetchJob({ ...parts, selector, publications: createPublications(db) }), {
    onRoom: () => {},
    onError: (duty, error) => recorded.events.dutyFailed({ duty, error }),
  })
  async function stop(): Promise<void> {
    stopping.abort()
    await selector.close()
    await duty.settled()
  }

  t.after(stop)
  t.after(() => bell.close())

  async function begin(): Promise<void> {
    while (await duty.turn(stopping.signal));
  }

  return {
    ...{ parts, recorded, duty, begin, stop },
    ping: (...topics) => noteChange(parts, topics),
    async drain() {
      for (let due = true; due; ) {
        await begin()
        await duty.settled()
        const [earliest] = await earliestDue(db as never, [duty])
        due = earliest?.at !== undefined && earliest.at !== null && earliest.at <= world.now()
      }
    },
  }
}

let callbacks = 0

async function subscribe(
  db: Db,
  topic: string,
  { now, seconds }: { readonly now: Date; readonly seconds: number },
): Promise<void> {
  const key = urlKey(topic)
  await db
    .insertInto('topic')
    .values({ key, url: topic, origin: originOf(topic) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const { id, newest } = await db
    .selectFrom('topic')
    .select(['id', 'newest'])
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  const callback = `http://127.0.0.1:9/callback/${++callbacks}`
  await db
    .insertInto('subscription')
    .values({
      ...{ topic_id: id, callback_key: urlKey(callback), topic, callback, origin: originOf(callback) },
      ...{ algorithm: 'sha256' as const, lease_asked: true, lease_seconds: seconds, joined: newest },
      ...{ lease_began_at: now, lease_ends_at: new Date(now.getTime() + seconds * 1000) },
    })
    .execute()
}

async function readPublished(db: Db, topic: string): Promise<readonly Published[]> {
  const rows = await db
    .selectFrom('publication')
    .innerJoin('content', 'content.id', 'publication.content_id')
    .innerJoin('topic', 'topic.id', 'publication.topic_id')
    .select(['number', 'body', 'content_type', 'publication.self_url', 'publication.hub_urls', 'repeats'])
    .where('topic.key', '=', urlKey(topic))
    .orderBy('number')
    .execute()
  return rows.map((row) => ({
    number: row.number,
    body: row.body,
    text: row.body.toString(),
    contentType: row.content_type,
    selfUrl: row.self_url,
    hubUrls: row.hub_urls,
    repeats: row.repeats,
  }))
}

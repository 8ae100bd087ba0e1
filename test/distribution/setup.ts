import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type Config, readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/database.ts'
import type { Algorithm, Db, Delivery } from '../../src/db/schema.ts'
import { createDistribution, type Distribution } from '../../src/distribution/distribution.ts'
import { publish } from '../../src/distribution/publication-store.ts'
import { createCipher } from '../../src/subscribing/secret.ts'
import { originOf, urlKey } from '../../src/url-key.ts'
import { type Bell, createBell } from '../../src/work/bell.ts'
import { work } from '../../src/work/worker.ts'
import { type Cleanup, lastFirst } from '../support/cleanup.ts'
import { type RecordedEvents, recordEvents } from '../support/events.ts'
import { testDatabase } from '../support/postgres.ts'
import { type Subscriber, startSubscriber } from '../support/subscriber.ts'
import { type TestWorld, testWorld } from '../support/world.ts'

/** One or more processes' distribution on a database of the test's own, without the chapters before it. */
export interface Distributing {
  readonly db: Db
  readonly world: TestWorld
  readonly bell: Bell
  readonly recorded: RecordedEvents
  readonly subscriber: Subscriber
  readonly distribution: Distribution
  /** Another process on the same database. */
  another(): Distribution
  topic(options?: { readonly delivery?: Delivery; readonly path?: string }): Promise<number>
  subscribe(topicId: number, callback: string, options?: Subscribing): Promise<number>
  publish(topicId: number, body: string | Buffer): Promise<number>
  /** Takes turns until nothing is due and nothing is open; in another process where told. */
  drain(process?: Distribution): Promise<void>
  /** Turns by itself from now on, as a hub does. */
  run(): void
  /** What is in the tables that hold what is owed. */
  owing(): Promise<{ readonly broadcasts: number; readonly batches: number; readonly backlog: number }>
}

export interface Subscribing {
  readonly secret?: string
  readonly algorithm?: Algorithm
  readonly leaseSeconds?: number
}

export async function distributing(
  test: Cleanup,
  environment: Readonly<Record<string, string>> = {},
): Promise<Distributing> {
  const t = lastFirst(test)
  const { db } = await testDatabase(t)
  const subscriber = await startSubscriber(t)
  const world = testWorld(t)
  const recorded = recordEvents()
  const bell = createBell(world.now)
  const config: Config = readConfig(environment)
  const cipher = createCipher('a key for tests, and for nothing else')
  const stop = new AbortController()
  const made: Distribution[] = []
  const turning: Promise<void>[] = []

  function another(): Distribution {
    const distribution = createDistribution({ db, config, world, events: recorded.events, bell, cipher })
    made.push(distribution)
    return distribution
  }

  const distribution = another()
  t.after(async () => {
    stop.abort()
    bell.close()
    await Promise.all(made.map((each) => each.stop(0)))
    await Promise.all(turning)
  })

  return {
    db,
    world,
    bell,
    recorded,
    subscriber,
    distribution,
    another,
    async topic({ delivery = 'latest', path = '/topic' } = {}) {
      const url = `http://publisher.test${path}`
      const { id } = await db
        .insertInto('topic')
        .values({
          key: urlKey(url),
          url,
          origin: originOf(url),
          delivery,
          due_at: null,
          etag: null,
          last_modified: null,
          self_url: null,
          token: null,
          fetched_at: null,
          result: null,
          parked_at: null,
          parked_why: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },
    async subscribe(topicId, callback, { secret, algorithm = 'sha256', leaseSeconds = 864_000 } = {}) {
      const now = world.now()
      const { newest } = await db
        .selectFrom('topic')
        .select('newest')
        .where('id', '=', topicId)
        .executeTakeFirstOrThrow()
      const { id } = await db
        .insertInto('subscription')
        .values({
          topic_id: topicId,
          callback_key: urlKey(callback),
          topic: 'http://publisher.test/topic',
          callback,
          origin: originOf(callback),
          secret: secret === undefined ? null : cipher.seal(secret),
          algorithm,
          verify_token: null,
          lease_asked: true,
          lease_seconds: leaseSeconds,
          lease_began_at: now,
          lease_ends_at: new Date(now.getTime() + leaseSeconds * 1000),
          renew_at: null,
          joined: newest,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },
    publish: (topicId, body) => publishNow(db, topicId, body, world.now()).finally(() => bell.ring('broadcast')),
    async drain(process = distribution) {
      for (let worked = true; worked; ) {
        worked = false
        for (const duty of process.duties) {
          while (await duty.turn(stop.signal)) worked = true
          await duty.settled()
        }
      }
    },
    run() {
      for (const duty of distribution.duties) {
        const onError = (name: string, error: unknown) => recorded.events.dutyFailed({ duty: name, error })
        turning.push(work(duty, bell, stop.signal, { onError }))
      }
    },
    async owing() {
      const { rows } = await sql<{ broadcasts: number; batches: number; backlog: number }>`
        select (select count(*) from broadcast) as broadcasts, (select count(*) from batch) as batches,
          (select count(*) from backlog) as backlog
      `.execute(db)
      return rows[0] ?? { broadcasts: -1, batches: -1, backlog: -1 }
    },
  }
}

/** As the fetch job publishes: under the topic's row lock. */
export async function publishNow(db: Db, topicId: number, body: string | Buffer, now: Date): Promise<number> {
  return transaction(db, async (tx) => {
    await tx.selectFrom('topic').select('id').where('id', '=', topicId).forUpdate().execute()
    return publish(tx, {
      topicId,
      body: Buffer.from(body),
      sha256: createHash('sha256').update(body).digest(),
      contentType: 'text/plain;charset=UTF-8',
      selfUrl: 'http://publisher.test/topic',
      hubUrls: ['http://hub.test/'],
      now,
    })
  })
}

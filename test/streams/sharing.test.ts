import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { lastFirst } from '../support/cleanup.ts'
import { wholeHub } from '../support/hub.ts'
import { testDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { openEvents, publishes, streamUrl } from './setup.ts'

test('rule 5: however many streams read a topic, what is new is asked for and read once', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 8 })
  const statements = recordStatements(database.pool)
  const hub = await wholeHub(t, { database, environment: { STREAMS_PER_ADDRESS_MAX: '300' } })
  const topic = hub.publisher.topic('/page')
  const clients = await Promise.all(Array.from({ length: 200 }, () => openEvents(t, streamUrl(hub.url, topic))))
  statements.length = 0
  await publishes(hub, '/page', 'content')
  for (const client of clients) await client.until(() => client.bodies.length === 1, 'the content')
  const steps = statements.filter((statement) => / as fresh\b/.test(statement))
  const contents = statements.filter((statement) => /"body"/.test(statement) && /^select/.test(statement))
  assert.deepEqual([steps.length, contents.length], [1, 1])
})

test('the news of all topics that are read are asked for in one statement, and none while nothing is read', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 8 })
  const statements = recordStatements(database.pool)
  const hub = await wholeHub(t, { database })
  const looks = () => statements.filter((statement) => /known \(id, newest, unfetched\)/.test(statement)).length
  await publishes(hub, '/page', 'content')
  assert.equal(looks(), 0)
  const urls = Array.from({ length: 50 }, (_, at) => streamUrl(hub.url, hub.publisher.topic(`/${at}`)))
  const clients = await Promise.all(urls.map((url) => openEvents(t, url)))
  await until(() => looks() >= 2, 'a look that no ring asked for')
  const before = looks()
  await publishes(hub, '/7', 'content')
  await clients[7]?.until(() => clients[7]?.bodies.length === 1, 'the content')
  assert.ok(looks() - before <= 3, `${looks() - before} looks`)
  for (const client of clients) client.close()
  await until(() => hub.hub.readings.streamsOpen() === 0, 'the end of all')
})

/** What is sent to Postgres over the pool from now on. */
function recordStatements(pool: pg.Pool): string[] {
  const statements: string[] = []
  const recorded = new WeakSet<pg.PoolClient>()
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  const connectRecording = async () => {
    const client = await connect()
    if (!recorded.has(client)) record(client)
    return client
  }

  function record(client: pg.PoolClient): void {
    recorded.add(client)
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    const queryRecording = (...given: unknown[]) => {
      statements.push(String(given[0]).trim())
      return query(...given)
    }
    Object.assign(client, { query: queryRecording })
  }

  Object.assign(pool, { connect: connectRecording })
  return statements
}

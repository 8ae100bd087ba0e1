import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Publication } from '../../src/distribution/publication-store.ts'
import { createFrames } from '../../src/streams/frames.ts'
import { createReader, type Sink } from '../../src/streams/reader.ts'
import { wholeHub } from '../support/hub.ts'
import { openEvents, publishes, streamUrl } from './setup.ts'

const publication: Publication = {
  ...{ topicId: 1, topicUrl: 'https://t.example/', number: 1, body: Buffer.from('content'), contentType: 'text/plain' },
  ...{ selfUrl: 'https://t.example/', hubUrls: ['https://hub.example/'], publishedAt: new Date(0) },
}

test('what was being read for a stream when it was ended is not written behind the end', async () => {
  const written: string[] = []
  const sink: Sink = {
    form: 'json',
    notify: async () => void written.push('notification'),
    gap: () => void written.push('gap'),
    unfetched: () => void written.push('unfetched'),
    beat: () => void written.push('beat'),
    end: () => void written.push('end'),
    cut: () => void written.push('cut'),
  }
  const reads = Promise.withResolvers<Publication>()
  const reader = createReader(
    { id: 1, delivery: 'latest', everyFrom: 1, newest: 1, unfetched: false },
    { through: 0, lost: 9, eager: false },
    sink,
    {
      reading: { next: async () => ({ number: 1, fresh: true }), publication: () => reads.promise },
      frames: createFrames(),
      monotonicMs: () => performance.now(),
      onError: (error) => assert.fail(String(error)),
    },
  )
  reader.wake()
  await new Promise(setImmediate)
  reader.end()
  reads.resolve(publication)
  await new Promise(setImmediate)
  reader.beat()
  reader.wake()
  await new Promise(setImmediate)
  assert.deepEqual(written, ['end'])
})

test('heartbeats go on while Postgres is away, and what was published then is told afterwards', async (t) => {
  const hub = await wholeHub(t)
  const { db } = hub.database
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  await publishes(hub, '/page', 'one')
  await client.until(() => client.bodies.length === 1, 'the first')
  await sql`alter table publication rename to away`.execute(db)
  await sql`alter table topic rename to away_too`.execute(db)
  hub.world.stall(21_000)
  await client.until(() => /\n:\n\n$/.test(client.text), 'a heartbeat')
  await sql`alter table away_too rename to topic`.execute(db)
  await sql`alter table away rename to publication`.execute(db)
  await publishes(hub, '/page', 'two')
  await client.until(() => client.bodies.length === 2, 'the second')
  assert.deepEqual(client.bodies, ['one', 'two'])
  assert.equal(client.ended, false)
})

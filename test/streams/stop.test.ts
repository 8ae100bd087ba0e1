import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { lastFirst } from '../support/cleanup.ts'
import { wholeHub } from '../support/hub.ts'
import { testDatabase } from '../support/postgres.ts'
import { testWorld } from '../support/world.ts'
import { openEvents, openSocket, publishes, streamUrl } from './setup.ts'

test('a hub that stops ends its streams at once and cleanly, and another of the same database carries on where they were', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 10 })
  const world = testWorld(t)
  const first = await wholeHub(t, { database, world })
  const second = await wholeHub(t, { database, world })
  const topic = first.publisher.topic('/page')
  const events = await openEvents(t, streamUrl(first.url, topic))
  const socket = await openSocket(t, streamUrl(first.url, topic))
  await publishes(first, '/page', 'one')
  await events.until(() => events.bodies.length === 1, 'the first')
  await socket.until(() => socket.messages.length === 1, 'the first')
  const poll = fetch(streamUrl(first.url, first.publisher.topic('/other'), { wait: 'poll' }))
  while ((await database.db.selectFrom('topic').select('id').execute()).length < 2);
  await fetch(`${first.url}health/live`) // The poll's own answer from Postgres has been heard by now.

  const closed = once(socket.socket, 'close')
  const beganMs = performance.now()
  await first.hub.stop()
  assert.ok(performance.now() - beganMs < 900, 'nobody is waited for')
  assert.equal((await closed)[0].code, 1001)
  assert.ok(events.ended)
  assert.equal(events.complete, true, 'not broken off')
  const polled = await poll
  assert.deepEqual([polled.status, polled.headers.get('fanfare-number')], [204, '0'])
  assert.equal(first.hub.readings.streamsOpen(), 0)

  first.publisher.publishes('/page', 'two')
  await second.ping(topic)
  await second.drain()
  const lastId = events.events.at(-1)?.id ?? ''
  const resumed = await openEvents(t, streamUrl(second.url, topic), { headers: { 'Last-Event-ID': lastId } })
  await resumed.until(() => resumed.bodies.length === 1, 'what it missed')
  assert.deepEqual([resumed.bodies, resumed.events[0]?.id], [['two'], '2'])
})

test('a client that does not answer the goodbye is not waited for longer than a second', async (t) => {
  const hub = await wholeHub(t)
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  client.pause()
  for (const fill of ['1', '2', '3']) await publishes(hub, '/page', Buffer.alloc(9 * 1024 * 1024, fill))
  const beganMs = performance.now()
  await hub.hub.stop()
  assert.ok(performance.now() - beganMs < 3000)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPeer } from '../support/peer.ts'
import { distributing } from './setup.ts'

const numbersOf = (count: number) => Array.from({ length: count }, (_, at) => String(at + 1))

test('DIST-19 DIST-21: one slow subscriber of an event stream does not set the pace of the others, and misses nothing', async (t) => {
  const { topic, subscribe, publish, subscriber, run, owing } = await distributing(t)
  const id = await topic({ delivery: 'every' })
  let open = 0
  let openMax = 0
  const slow = await startPeer(t, () => {
    openMax = Math.max(openMax, ++open)
    return { until: pause(200).then(() => --open) }
  })
  await subscribe(id, `${slow.origin}/slow`)
  const paths = ['/a', '/b', '/c']
  for (const path of paths) await subscribe(id, subscriber.callback(path))
  run()
  for (const number of numbersOf(16)) await publish(id, number)
  await subscriber.until(() => subscriber.received.length === 48, 'the others have all')
  assert.ok(slow.requests.length < 8, `the slow one had ${slow.requests.length} of 16 by then`)
  await slow.until(() => slow.requests.length === 16, 'the slow one has all')
  assert.deepEqual(
    slow.requests.map(({ text }) => text),
    numbersOf(16),
  )
  assert.equal(openMax, 1)
  for (const path of paths) {
    assert.deepEqual(
      subscriber.deliveries({ path }).map(({ text }) => text),
      numbersOf(16),
    )
  }
  while ((await owing()).backlog > 0);
})

test('RETRY-05: the head of what a subscriber of an event stream is owed is given up, said so, and the next begins', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, recorded, owing } = await distributing(t, {
    RETRY_SCHEDULE: '1m,1m',
  })
  const id = await topic({ delivery: 'every' })
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 200 }, { status: 500 }, { status: 500 }, { status: 500 })
  for (const number of numbersOf(4)) await publish(id, number)
  for (let tries = 0; tries < 4; tries++) {
    await drain()
    world.advance({ minutes: 2 })
  }
  assert.deepEqual(subscriber.received, ['1', '2', '2', '2', '3', '4'])
  assert.deepEqual(
    subscriber.deliveries().map((seen) => seen.header('fanfare-attempt')),
    ['1', '1', '2', '3', '1', '1'],
  )
  assert.deepEqual(
    recorded.of('gaveUp').map(({ number, why }) => [number, why]),
    [[2, 'schedule exhausted']],
  )
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

test('rule 15: facts that are no longer kept are given up together, said in one line, and the oldest that is kept comes next', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, recorded, db, another } = await distributing(t)
  const id = await topic({ delivery: 'every' })
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 500 })
  for (const number of numbersOf(100)) await publish(id, number)
  await drain()
  await db.deleteFrom('publication').where('number', '<', 99).execute()
  world.advance({ minutes: 1 })
  await drain(another()) // The first process may remember what it sent.
  assert.deepEqual(subscriber.received, ['1', '99', '100'])
  assert.deepEqual(
    recorded.of('gaveUp').map(({ number, through, why }) => [number, through, why]),
    [[1, 98, 'content no longer kept']],
  )
})

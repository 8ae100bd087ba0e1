import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { nextProbeWaitMs, opens, type Tried } from '../../src/distribution/breaker.ts'
import { SendWindow } from '../../src/distribution/send-window.ts'
import { type Subscriber, startSubscriber } from '../support/subscriber.ts'
import { distributing } from './setup.ts'

const good = { failed: false, unconnected: false, ailing: false, telling: true, totalMs: 5 }
const bad = { ...good, failed: true }
const now = { nowMs: 0, straggled: false }

test('a window starts at 2, doubles in a round trip of good answers up to 64, and is halved by a bad or slow one', () => {
  const window = new SendWindow()
  assert.equal(window.size, 2)
  const trip = () => {
    const size = window.size
    for (let open = 0; open < size; open++) window.begin()
    assert.equal(window.hasRoom(), false)
    for (let open = 0; open < size; open++) window.end(good, now)
  }
  trip()
  assert.equal(window.size, 4)
  for (let trips = 0; trips < 6; trips++) trip()
  assert.equal(window.size, 64)
  window.begin()
  window.end({ ...good, totalMs: 1001 }, now)
  assert.equal(window.size, 32)
  window.begin()
  window.end(bad, now)
  assert.equal(window.size, 16)
  window.begin()
  window.end({ ...bad, ailing: true, telling: false }, now)
  assert.equal(window.size, 16, 'of a callback that was failing before it is no news')
})

const failedAt = (atMs: number): Tried => ({ atMs, failed: true, unconnected: false })
const succeededAt = (atMs: number): Tried => ({ atMs, failed: false, unconnected: false })
const unconnectedAt = (atMs: number): Tried => ({ atMs, failed: true, unconnected: true })

const failures = (count: number, atMs = 0) => Array.from({ length: count }, () => failedAt(atMs))

for (const [what, tries, nowMs, open] of [
  ['nine failures', failures(9), 0, false],
  ['ten failures in a row', failures(10), 0, true],
  ['ten failures in a row, the first over five minutes ago', [...failures(1), ...failures(9, 60_000)], 300_001, false],
  ['ten tries of which one succeeded', [...failures(4), succeededAt(0), ...failures(5)], 0, false],
  ['five that found nobody', Array.from({ length: 5 }, () => unconnectedAt(0)), 0, true],
  ['four that found nobody', Array.from({ length: 4 }, () => unconnectedAt(0)), 0, false],
  [
    'five that found nobody, not in a row',
    [...Array.from({ length: 4 }, () => unconnectedAt(0)), succeededAt(0), unconnectedAt(0)],
    0,
    false,
  ],
] as const) {
  test(`${what} ${open ? 'open' : 'do not open'} the breaker`, () => {
    assert.equal(opens(tries, nowMs), open)
  })
}

test('probes come after 30 s, then twice as late each time, up to ten minutes', () => {
  const waits = [30_000]
  for (let probes = 0; probes < 6; probes++) waits.push(nextProbeWaitMs(waits.at(-1) ?? 0))
  assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
})

test('A-21: behind an open breaker nothing is tried but the probe, nothing is spent, and a success brings all of it', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, recorded, owing } = await distributing(t)
  const down = await startSubscriber(t)
  const id = await topic()
  for (let at = 0; at < 100; at++) await subscribe(id, down.callback(`/${at}`))
  await subscribe(id, subscriber.callback())
  await publish(id, 'before')
  await drain()
  const before = down.deliveries().length
  down.answers({ status: 503 })
  await publish(id, 'first')
  await drain()
  assert.equal(recorded.of('breakerOpened').length, 1)
  const tried = down.deliveries().length - before
  assert.ok(tried >= 10 && tried < 100, `${tried} of 100 were tried before it opened`)
  assert.deepEqual(subscriber.received, ['before', 'first'])

  world.advance({ seconds: 20 })
  await publish(id, 'second')
  await drain()
  assert.equal(down.deliveries().length - before, tried, 'nothing is tried before the probe')
  assert.deepEqual(subscriber.received, ['before', 'first', 'second'])
  const untried = await db.selectFrom('backlog').select('subscription_id').where('failures', '=', 0).execute()
  assert.ok(untried.length >= 100 - tried)

  world.advance({ seconds: 11 })
  await drain()
  assert.equal(down.deliveries().length - before, tried + 1, 'one probe')
  world.advance({ seconds: 31 })
  await drain()
  assert.equal(down.deliveries().length - before, tried + 1, 'the next probe waits twice as long')

  down.answers({ status: 200 })
  world.advance({ seconds: 31 })
  for (let again = 0; again < 6; again++) await drain()
  const arrived = new Set(
    down
      .deliveries()
      .slice(before)
      .filter(({ status }) => status === 200)
      .map(({ path }) => path),
  )
  assert.equal(arrived.size, 100)
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

test('A-21: however much failed with its origin, all of it is tried when that answers again', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db } = await distributing(t)
  const id = await topic()
  for (let at = 0; at < 1200; at++) await subscribe(id, subscriber.callback(`/${at}`))
  await publish(id, 'before')
  await drain()
  subscriber.answers({ status: 503 })
  await publish(id, 'content')
  await drain()
  const hoursLater = new Date(world.now().getTime() + 10 * 3_600_000)
  await db.updateTable('backlog').set({ of_origin: true, failures: 1, due_at: hoursLater }).execute()
  subscriber.answers({ status: 200 })
  world.advance({ seconds: 31 })
  await drain()
  await drain()
  const delivered = subscriber.deliveries().filter(({ text, status }) => text === 'content' && status === 200)
  assert.equal(new Set(delivered.map(({ path }) => path)).size, 1200)
})

test('the breaker is shared: behind it another process begins nothing, not even a first try, and spends none', async (t) => {
  const { topic, subscribe, publish, drain, another, db } = await distributing(t)
  const down = await startSubscriber(t)
  const id = await topic()
  for (let at = 0; at < 20; at++) await subscribe(id, down.callback(`/${at}`))
  await publish(id, 'first')
  await drain()
  down.answers({ status: 503 })
  await publish(id, 'second')
  await drain()
  const tried = down.deliveries().length
  const newcomer = await subscribe(id, down.callback('/newcomer'))
  await publish(id, 'third')
  await drain(another())
  assert.equal(down.deliveries().length, tried)
  const row = await db.selectFrom('backlog').selectAll().where('subscription_id', '=', newcomer).executeTakeFirst()
  assert.deepEqual([row?.attempt, row?.failures], [0, 0])
})

test('DIST-19: an origin that never answers holds back neither the others nor the next publication', async (t) => {
  const { topic, subscribe, publish, subscriber, run } = await distributing(t)
  const mute = await startSubscriber(t)
  mute.answers({ fault: 'hang' })
  const id = await topic()
  for (let at = 0; at < 50; at++) {
    await subscribe(id, mute.callback(`/${at}`))
    await subscribe(id, subscriber.callback(`/${at}`))
  }
  run()
  const beganMs = performance.now()
  for (const body of ['first', 'second']) {
    await publish(id, body)
    await subscriber.until(
      () =>
        new Set(
          subscriber
            .deliveries()
            .filter(({ text }) => text === body)
            .map(({ path }) => path),
        ).size === 50,
      body,
    )
  }
  assert.ok(performance.now() - beganMs < 5000)
})

// A receiver of many owners (a platform for hooks, say) is one origin. Its mute callbacks took the two places that an origin
// begins with for 15 s, its failing ones opened the breaker for all, and each success beside them spent their tries.
test('DIST-19: a mute callback holds up the others of its own origin for a second at most', async (t) => {
  const { topic, subscribe, publish, subscriber, run } = await distributing(t)
  subscriber.answers({ fault: 'hang' }, { path: '/mute' })
  const id = await topic()
  await subscribe(id, subscriber.callback('/mute?1'))
  await subscribe(id, subscriber.callback('/mute?2'))
  for (let at = 0; at < 20; at++) await subscribe(id, subscriber.callback(`/fine/${at}`))
  run()
  const beganMs = performance.now()
  await publish(id, 'content')
  await subscriber.until(() => finePaths(subscriber, 'content').size === 20, 'all that are fine have it')
  assert.ok(performance.now() - beganMs < 5000)
})

test('A-21 DIST-19: callbacks that never worked open no breaker for the others of their origin', async (t) => {
  const { topic, subscribe, publish, subscriber, drain, recorded, world } = await distributing(t)
  const id = await topic()
  for (let at = 0; at < 15; at++) await subscribe(id, subscriber.callback(`/broken/${at}`))
  for (let at = 0; at < 15; at++) subscriber.answers({ status: 500 }, { path: `/broken/${at}` })
  for (let at = 0; at < 5; at++) await subscribe(id, subscriber.callback(`/fine/${at}`))
  for (const body of ['first', 'second', 'third']) {
    await publish(id, body)
    await drain()
    assert.equal(finePaths(subscriber, body).size, 5, body)
    world.advance({ seconds: 20 })
    await drain()
  }
  assert.deepEqual(recorded.of('breakerOpened'), [])
})

test('RETRY-03: what fails beside others of its origin that answer keeps to its own schedule', async (t) => {
  const { topic, subscribe, publish, subscriber, drain, world } = await distributing(t)
  const id = await topic()
  const other = await topic({ path: '/other' })
  for (let at = 0; at < 5; at++) subscriber.answers({ status: 500 }, { path: `/broken/${at}` })
  for (let at = 0; at < 5; at++) await subscribe(id, subscriber.callback(`/broken/${at}`))
  await subscribe(other, subscriber.callback('/fine'))
  await publish(id, 'content')
  await drain()
  // Three tries of each by the schedule, 5 s and 30 s apart; one more at most when the origin first proves to answer.
  for (let seconds = 0; seconds < 60; seconds += 5) {
    world.advance({ seconds: 5 })
    await publish(other, `at ${seconds} s`)
    await drain()
  }
  const tries = subscriber.deliveries({ path: '/broken/0' }).length
  assert.ok(tries >= 3 && tries <= 4, `${tries} tries`)
})

function finePaths(subscriber: Subscriber, body: string): ReadonlySet<string> {
  const fine = subscriber.deliveries().filter(({ path, text }) => path.startsWith('/fine') && text === body)
  return new Set(fine.map(({ path }) => path))
}

test('a callback that nobody listens at is behind, and spends one try at a time', async (t) => {
  const { topic, subscribe, publish, drain, recorded, owing } = await distributing(t)
  const id = await topic()
  const closed = await unusedPort()
  await subscribe(id, `http://127.0.0.1:${closed}/cb`)
  await publish(id, 'content')
  await drain()
  assert.deepEqual(
    recorded.of('attemptFailed').map(({ failure, attempt }) => [failure, attempt]),
    [['connect', 1]],
  )
  assert.equal((await owing()).backlog, 1)
})

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

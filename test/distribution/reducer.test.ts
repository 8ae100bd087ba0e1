import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type TestContext, test } from 'node:test'
import { createReducer, type Reducer, type ReducerSettings } from '../../src/distribution/reducer.ts'
import type { Document } from '../../src/feeds/document.ts'
import { reduce } from '../../src/feeds/reduce.ts'
import { distributing } from './setup.ts'

const mebibyte = 1024 ** 2

test('a feed of 10 MiB is cut beside the event loop, and to the same bytes', async (t) => {
  const { reducer } = started(t)
  const [had, next] = [feed(10 * mebibyte, 'first'), feed(10 * mebibyte, 'second')]
  const beganMs = performance.now()
  const expected = reduce(had, [next])
  const onLoopMs = performance.now() - beganMs
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const reduced = await reducer.reduce(had, [next])
  delay.disable()
  const delayMsMax = delay.max / 1e6
  t.diagnostic(`${Math.round(onLoopMs)} ms on the event loop; beside it, ${Math.round(delayMsMax)} ms of delay at most`)
  assert.deepEqual(reduced, expected)
  assert.equal(reduced.kind, 'reduced')
  assert.ok(delayMsMax < onLoopMs / 2)
})

test('a feed that takes too long to read stays whole, and the next is cut', async (t) => {
  const { reducer, errors } = started(t, { timeoutMs: 1000 })
  const many = Array.from({ length: 12 }, (_, number) => feed(8 * mebibyte, `later ${number}`))
  assert.deepEqual(await reducer.reduce(feed(8 * mebibyte, 'first'), many), {
    kind: 'whole',
    why: 'Reading it took longer than it may.',
  })
  await assertCuts(t, reducer)
  assert.deepEqual(errors, [])
})

test('a feed that takes too much memory stays whole, and the next is cut', async (t) => {
  const { reducer, errors } = started(t, { heapMegabytesMax: 24 })
  assert.deepEqual(await reducer.reduce(feed(8 * mebibyte, 'first'), [feed(8 * mebibyte, 'second')]), {
    kind: 'whole',
    why: 'Reading it took more memory than it may.',
  })
  await assertCuts(t, reducer)
  assert.deepEqual(errors, [])
})

test('feeds wait for the thread in a line of bounded length', async (t) => {
  const { reducer } = started(t, { waitingMax: 1 })
  const answers = await Promise.all(
    ['first', 'second', 'third'].map((name) => reducer.reduce(small, [feed(mebibyte, name)])),
  )
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['reduced', 'reduced', 'whole'],
  )
})

test('a reducer that is closed leaves whole what waits, and what comes', async (t) => {
  const { reducer } = started(t)
  const waits = reducer.reduce(small, [feed(mebibyte, 'second')])
  await reducer.close()
  assert.equal((await waits).kind, 'whole')
  assert.equal((await reducer.reduce(small, [feed(mebibyte, 'third')])).kind, 'whole')
})

test('while a large feed is cut, whoever gets it reduced holds up nobody else', async (t) => {
  const environment = { FEED_DELIVERY: 'new-entries', IN_FLIGHT_MAX: '2' }
  const { topic, subscribe, publish, run, subscriber, recorded, db } = await distributing(t, environment)
  const [large, other] = [await topic({ path: '/large' }), await topic({ path: '/other' })]
  for (const path of ['/a', '/b', '/c', '/whole']) await subscribe(large, subscriber.callback(path))
  await db
    .updateTable('subscription')
    .set({ feed_delivery: 'full' })
    .where('callback', '=', subscriber.callback('/whole'))
    .execute()
  await subscribe(other, subscriber.callback('/other'))
  const settled = (batches: number) =>
    t.waitFor(() => assert.equal(recorded.of('batchDelivered').length, batches), { timeout: 60_000 })
  run()
  await publish(large, feed(4 * mebibyte, 'first').body)
  await settled(1)
  await publish(large, feed(4 * mebibyte, 'second').body)
  await publish(other, 'content')
  await settled(3)
  const paths = subscriber
    .deliveries()
    .slice(4)
    .map(({ path }) => path)
  assert.deepEqual(paths.slice(0, 2).sort(), ['/other', '/whole'])
  assert.deepEqual(paths.slice(2).sort(), ['/a', '/b', '/c'])
})

test('a process that is stopped while a feed is cut leaves its batch to the next, which sends it once', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, distribution, another, owing } = await distributing(t, {
    FEED_DELIVERY: 'new-entries',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback())
  await publish(id, feed(4 * mebibyte, 'first').body)
  await drain()
  await publish(id, feed(4 * mebibyte, 'second').body)
  await distribution.duties[0]?.turn(new AbortController().signal)
  assert.equal((await owing()).batches, 1)
  await distribution.stop(0)
  assert.equal(subscriber.deliveries().length, 1)
  await drain(another())
  const [, second, ...more] = subscriber.deliveries()
  assert.match(second?.text ?? '', /<guid>second<\/guid>/)
  assert.ok((second?.body.length ?? 0) < 10_000)
  assert.deepEqual(more, [])
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

function started(t: TestContext, settings: Partial<ReducerSettings> = {}) {
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const limits = { timeoutMs: 60_000, waitingMax: 4, heapMegabytesMax: 1024 }
  const reducer = createReducer({ ...limits, onError, ...settings })
  t.after(() => reducer.close())
  return { reducer, errors }
}

/** More than is cut at once; a busy machine may take a while to start another thread. */
async function assertCuts(t: TestContext, reducer: Reducer): Promise<void> {
  const next = feed(100_000, 'next')
  await t.waitFor(async () => assert.equal((await reducer.reduce(small, [next])).kind, 'reduced'), { timeout: 30_000 })
}

/** A feed of items of a kilobyte, one of which no other feed has. */
function feed(bytes: number, name: string): Document {
  const item = (guid: string | number) =>
    `<item><guid>${guid}</guid><description>${'&lt;p&gt; text '.repeat(64)}</description></item>\n`
  const items = Array.from({ length: Math.ceil(bytes / item(0).length) }, (_, number) => item(number))
  const text = `<rss version="2.0"><channel><title>t</title>${item(name)}${items.join('')}</channel></rss>`
  return { body: Buffer.from(text), contentType: 'application/rss+xml' }
}

const small = feed(1, 'small')

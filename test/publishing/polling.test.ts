import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startPolling, stopPolling } from '../../src/publishing/poll-store.ts'
import { pruneTopics } from '../../src/publishing/store.ts'
import { publishingChapter } from './chapter.ts'

const minute = 60_000
const bounds = { everyMs: 10 * minute, slowestMs: 40 * minute }

/** A feed that somebody subscribes to, polled and fetched once. */
async function polledFeed(t: TestContext) {
  const chapter = await publishingChapter(t)
  const { db, publisher, subscribes, world, drain } = chapter
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  await subscribes(topic)
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  return { ...chapter, topic }
}

test('PUB-24: a polled topic is asked for at its pace, by its validators, and what is new is published', async (t) => {
  const { db, publisher, subscribes, drain, published, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first', { etag: true })
  await subscribes(topic)
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  world.advance({ minutes: 8 })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1, 'sooner than its pace nothing is asked')
  publisher.publishes('/feed', 'second', { etag: true })
  world.advance({ minutes: 4 })
  await drain()
  world.advance({ minutes: 12 })
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['first', 'second'],
  )
  const [first, second, third] = publisher.fetches('/feed')
  assert.deepEqual(
    [first, second].map((seen) => seen?.header('if-none-match') !== undefined),
    [false, true],
  )
  assert.deepEqual(
    [second, third].map((seen) => seen?.header('cache-control')),
    [undefined, undefined],
  )
})

test('a poll that finds nothing new, or fails, has no second look and no quick retry', async (t) => {
  const { publisher, drain, world, row, topic } = await polledFeed(t)
  for (const answer of ['unchanged', 'failed']) {
    if (answer === 'failed') publisher.answers('/feed', { status: 500, body: 'No' })
    world.advance({ minutes: 44 })
    await drain()
    const fetches = publisher.fetches('/feed').length
    world.advance({ minutes: 8 })
    await drain()
    assert.equal(publisher.fetches('/feed').length, fetches, answer)
  }
  assert.ok((await row(topic))?.due_at, 'it is asked for again')
})

test('a ping of a polled topic is served at once, and the poll goes on after it', async (t) => {
  const { db, publisher, drain, world, ping, published, topic } = await polledFeed(t)
  publisher.publishes('/feed', 'second')
  await ping(topic)
  await drain()
  assert.equal((await published(topic)).length, 2)
  assert.equal(publisher.fetches('/feed')[1]?.header('cache-control'), 'no-cache')
  const { pace_ms } = await db.selectFrom('poll').select('pace_ms').executeTakeFirstOrThrow()
  assert.ok(pace_ms > bounds.everyMs, 'what its publisher tells of need not be polled more often')
  publisher.publishes('/feed', 'third')
  world.advance({ minutes: 44 })
  await drain()
  assert.equal((await published(topic)).length, 3)
})

test('a failed fetch that a ping asked for is tried again in half a minute, polled or not', async (t) => {
  const { publisher, drain, world, ping, published, topic } = await polledFeed(t)
  publisher.publishes('/feed', 'second')
  publisher.answersNext('/feed', { status: 503, body: 'Not now' })
  await ping(topic)
  await drain()
  world.advance({ seconds: 40 })
  await drain()
  assert.equal((await published(topic)).length, 2)
})

test('while nobody subscribes nothing is asked, and the topic is kept; the next subscriber is served by the next poll', async (t) => {
  const { db, publisher, subscribes, drain, world, published, recorded } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  world.advance({ minutes: 12 })
  await drain()
  await pruneTopics(db, { now: world.now(), limit: 100 })
  assert.equal(publisher.requests.length, 0)
  assert.deepEqual(recorded.of('fetched'), [])
  await subscribes(topic)
  world.advance({ minutes: 12 })
  await drain()
  assert.equal((await published(topic)).length, 1)
})

test('a topic that is gone is polled no more, until the operator asks again', async (t) => {
  const { db, publisher, subscribes, ping, drain, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.answers('/feed', { status: 410, body: 'Gone' })
  await subscribes(topic)
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  world.advance({ days: 2 })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  const poll = await db.selectFrom('poll').selectAll().executeTakeFirstOrThrow()
  assert.match(poll.ended_why ?? '', /410/)
  publisher.publishes('/feed', 'back again')
  await ping(topic)
  await drain()
  world.advance({ days: 2 })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 2, 'a ping is served, and begins no polling')
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 3)
})

test('a poll that was stopped ends, and its topic goes when nobody needs it', async (t) => {
  const { db, publisher, drain, world, row } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await drain()
  assert.equal(await stopPolling(db, topic), true)
  assert.equal(await stopPolling(db, topic), false)
  world.advance({ minutes: 12 })
  await drain()
  assert.equal(await row(topic), undefined)
})

test('a topic is known by its comparison form: polled twice is polled once, by the newest bounds', async (t) => {
  const { db, publisher, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await startPolling(db, topic, { ...bounds, now: world.now() })
  await startPolling(db, topic.replace('http:', 'HTTP:'), { everyMs: minute, slowestMs: minute, now: world.now() })
  const polls = await db.selectFrom('poll').select(['every_ms', 'slowest_ms', 'pace_ms']).execute()
  assert.deepEqual(polls, [{ every_ms: minute, slowest_ms: minute, pace_ms: minute }])
})

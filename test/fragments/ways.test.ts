import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Delivery } from '../../src/db/schema.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { startPolling } from '../../src/publishing/poll-store.ts'
import { openEvents, streamUrl } from '../streams/setup.ts'
import { type WholeHub, wholeHub } from '../support/hub.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { startSubscriber } from '../support/subscriber.ts'
import { idsIn, keyedUser, listedIn } from '../support/superfeedr.ts'
import { environmentOf } from '../support/terminal.ts'

const environment = { FRAGMENT_TOPICS: 'on' }
const price = (value: number | string, rest = 0) => `{"rest":${rest},"price":${value}}`

test('SF-15: content that is handed over is its parts too, each change in turn where each publication is a fact', async (t) => {
  const hub = await wholeHub(t, { environment })
  const hand = await handing(hub)
  await subscribe(hub, '/events#$.price')
  hub.subscriber.answersNext({ status: 503 }) // So that it is behind.
  for (const content of [price(1), price(1, 2), price(2), price(3)]) await hand(content)
  await hub.drain()
  for (let minute = 0; minute < 3; minute++) {
    hub.world.advance({ minutes: 2 })
    await hub.drain()
  }
  const arrived = hub.subscriber.deliveries().filter(({ status }) => status === 200)
  assert.deepEqual(
    arrived.map((seen) => [seen.text, seen.header('fanfare-number')]),
    [
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
    ],
  )
})

test('SF-15: of what came before, whoever subscribes to a part of an event stream gets nothing', async (t) => {
  const hub = await wholeHub(t, { environment })
  const hand = await handing(hub)
  await hand(price(1))
  await hand(price(2))
  await subscribe(hub, '/events#$.price')
  await hand(price(3))
  await hub.drain()
  assert.deepEqual(hub.subscriber.received, ['3'])
})

test('SF-15: of content handed over as the latest, a part is delivered as the latest', async (t) => {
  const hub = await wholeHub(t, { environment })
  const hand = await handing(hub, 'latest')
  await subscribe(hub, '/events#$.price')
  for (const content of [price(1), price(2), price(3)]) await hand(content)
  await hub.drain()
  await hand(price(3, 1))
  await hub.drain()
  assert.deepEqual(hub.subscriber.received, ['3'])
})

test('SF-15: the parts of a page that is polled are looked for at its pace', async (t) => {
  const hub = await wholeHub(t, { environment })
  const { publisher, subscriber, world, database } = hub
  await subscribe(hub, '/page#$.price')
  publisher.publishes('/page', price(1), { type: 'application/json', etag: true })
  const pace = { everyMs: 60_000, slowestMs: 60_000, now: world.now() }
  await startPolling(database.db, publisher.topic('/page'), pace)
  await hub.drain()
  for (const content of [price(1, 2), price(2, 2)]) {
    publisher.publishes('/page', content, { type: 'application/json', etag: true })
    world.advance({ minutes: 2 })
    await hub.drain()
  }
  assert.deepEqual(subscriber.received, ['1', '2'])
})

test('SF-15: a part is read as a stream, from the first on where that is asked for', async (t) => {
  const hub = await wholeHub(t, { environment, running: true })
  const { publisher } = hub
  publisher.publishes('/page', '<p>x</p><b class="price">1</b>')
  const topic = publisher.topic('/page#.price')
  const events = await openEvents(t, streamUrl(hub.url, topic, { newest: 'true' }))
  await events.until(() => events.bodies.length === 1, 'the newest')
  publisher.publishes('/page', '<p>y</p><b class="price">1</b>')
  await hub.ping(publisher.topic('/page'))
  await t.waitFor(() => assert.equal(hub.recorded.of('fragmentRead').length, 2), { timeout: 10_000 })
  publisher.publishes('/page', '<p>y</p><b class="price">2</b>')
  await hub.ping(publisher.topic('/page'))
  await events.until(() => events.bodies.length === 2, 'the change')
  assert.deepEqual(events.bodies, ['<b class="price">1</b>', '<b class="price">2</b>'])
  assert.equal(JSON.parse(events.events[0]?.data ?? '').self, topic)
  assert.ok(publisher.requests.every(({ target }) => target === '/page'))
  const refused = await fetch(streamUrl(hub.url, publisher.topic('/page#p[')))
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /^topic has a fragment/)
})

test('SF-15: to a former user of Superfeedr a part is a topic: subscribed with its content, listed, retrieved, replayed', async (t) => {
  const hub = await wholeHub(t, { environment, running: true })
  const { publisher, subscriber } = hub
  const user = await keyedUser(hub)
  const topic = publisher.topic('/page#.price')
  const callback = subscriber.callback()
  publisher.publishes('/page', '<p>x</p>')
  const early = await user.subscribe(topic, callback, { retrieve: 'true' })
  assert.equal(early.status, 422)
  assert.match(await early.text(), /^hub\.topic has a fragment that nothing on its page answers to/)
  const missing = await user.subscribe(publisher.topic('/missing#.price'), callback, { retrieve: 'true' })
  assert.match(await missing.text(), /could not be fetched/)

  publisher.publishes('/page', '<p>x</p><b class="price">1</b>')
  const answer = await user.subscribe(topic, callback, { retrieve: 'true' })
  assert.deepEqual([answer.status, await answer.text()], [200, '<b class="price">1</b>'])
  publisher.publishes('/page', '<p>x</p><b class="price">2</b>')
  await hub.ping(publisher.topic('/page'))
  await t.waitFor(() => assert.deepEqual(subscriber.received, ['<b class="price">2</b>']), { timeout: 10_000 })

  const [listed] = await listedIn(await user.get({ 'hub.mode': 'list' }))
  assert.equal(listed?.subscription.feed.url, topic)
  const retrieved = await user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic, format: 'json' })
  assert.equal((await idsIn(retrieved)).length, 2)
  const replayed = await user.get({ 'hub.mode': 'replay', 'hub.topic': topic, 'hub.callback': callback, count: '1' })
  assert.equal(replayed.status, 204)
  await t.waitFor(() => assert.equal(subscriber.deliveries().length, 2), { timeout: 10_000 })
})

// A page that was made after its part had the higher id, and whoever published it waited crosswise with the ledger: a 503.
test('SF-15: however a part becomes a topic, its page is one before it, and locks are taken in that order', async (t) => {
  const hub = await wholeHub(t, { environment, running: true })
  const { publisher, subscriber, database } = hub
  publisher.publishes('/retrieved', price(1), { type: 'application/json' })
  await hub.subscribe(publisher.topic('/subscribed#$.price'), subscriber.callback('/subscribed'))
  await openEvents(t, streamUrl(hub.url, publisher.topic('/streamed#$.price')))
  const user = await keyedUser(hub)
  const topic = publisher.topic('/retrieved#$.price')
  const retrieved = await user.subscribe(topic, subscriber.callback('/retrieved'), { retrieve: 'true' })
  assert.equal(await retrieved.text(), '1')
  const made = () =>
    database.db
      .selectFrom('fragment')
      .innerJoin('topic', 'topic.id', 'topic_id')
      .select(['url', 'topic_id as part', 'page_id as page'])
      .orderBy('url')
      .execute()
  await t.waitFor(async () => assert.equal((await made()).length, 3), { timeout: 10_000 })
  for (const { url, part, page } of await made()) assert.ok(page < part, url)
})

test('SF-15: through the death of a hub every change of a part arrives, in turn', async (t) => {
  const database = await testDatabase(t)
  const subscriber = await startSubscriber(t)
  const second = await wholeHub(t, { database, environment })
  await subscribe(second, '/events#$.price', subscriber.callback())
  const hand = await handing(second)
  const first = await startProcess(t, database)
  const changes = 60
  for (let change = 1; change <= changes; change++) {
    await hand(price(change))
    await hand(price(change, 1))
    if (change !== changes / 2) continue
    await t.waitFor(() => assert.ok(subscriber.deliveries().length > 2), { timeout: 20_000 })
    await first.kill()
  }
  for (let minute = 0; minute < 3; minute++) {
    second.world.advance({ minutes: 2 }) // The dead process' claims lapse.
    await second.drain()
  }
  const arrived = subscriber.deliveries().filter(({ status }) => status === 200)
  const prices = arrived.map(({ text }) => Number(text))
  assert.deepEqual(
    [...new Set(prices)],
    Array.from({ length: changes }, (_, index) => index + 1),
  )
  assert.deepEqual(
    prices,
    [...prices].sort((one, other) => one - other),
  )
  assert.ok(prices.length - changes <= 1, 'what was in flight may come twice')
})

async function subscribe(hub: WholeHub, path: string, callback = hub.subscriber.callback()): Promise<void> {
  assert.equal((await hub.subscribe(hub.publisher.topic(path), callback)).status, 202)
  await hub.drain()
}

/** Hands over JSON as the content of /events. */
async function handing({ url, publisher, database, world }: WholeHub, delivery: Delivery = 'every') {
  const topic = publisher.topic('/events')
  const key = { pattern: parsePattern(topic, '--topic'), delivery, now: world.now() }
  const { secret } = await createKey(database.db, key)
  const headers = {
    Authorization: `Bearer ${secret}`,
    Link: `<${topic}>; rel="self"`,
    'Content-Type': 'application/json',
  }
  return async (body: string) => assert.equal((await fetch(url, { method: 'POST', body, headers })).status, 202)
}

/** A hub in a process of its own, at work. */
async function startProcess(t: TestContext, database: TestDatabase) {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const settings = { ...environmentOf(database), ...environment, PORT: '0', LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

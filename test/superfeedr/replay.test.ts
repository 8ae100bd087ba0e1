import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { type WholeHubOptions, wholeHub } from '../support/hub.ts'
import { type JsonEntries, keyedUser } from '../support/superfeedr.ts'

const atom = (...ids: readonly string[]) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>F</title>\n${ids.map((id) => `<entry><id>${id}</id><title>${id}</title></entry>\n`).join('')}</feed>`

/** A subscription that has received two publications of a feed. */
async function withPast(t: TestContext, fields: Readonly<Record<string, string>> = {}, options: WholeHubOptions = {}) {
  const hub = await wholeHub(t, options)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  const callback = hub.subscriber.callback()
  assert.equal((await user.subscribe(topic, callback, fields)).status, 204)
  const publish = async (...ids: readonly string[]) => {
    hub.publisher.publishes('/f', atom(...ids), { type: 'application/atom+xml' })
    await hub.ping(topic)
    await hub.drain()
  }
  await publish('2', '1')
  await publish('4', '3', '2')
  const replay = (more: Readonly<Record<string, string>> = {}) =>
    user.get({ 'hub.mode': 'replay', 'hub.topic': topic, 'hub.callback': callback, ...more })
  return { hub, user, topic, callback, publish, replay, received: hub.subscriber.received }
}

test('SF-07: past entries come again as one notification, signed, with an id of its own', async (t) => {
  const { hub, replay } = await withPast(t, { 'hub.secret': 'a secret' })
  assert.equal((await replay({ count: '2' })).status, 204)
  await hub.drain()
  const [, before, again, ...more] = hub.subscriber.deliveries()
  assert.equal(more.length, 0)
  assert.equal(again?.text, atom('4', '3'))
  assert.equal(again?.header('content-type'), 'application/atom+xml')
  const signature = `sha1=${createHmac('sha1', 'a secret')
    .update(again?.body ?? '')
    .digest('hex')}`
  assert.equal(again?.header('x-hub-signature'), signature)
  assert.equal(again?.header('fanfare-number'), '2')
  assert.notEqual(again?.header('fanfare-notification'), before?.header('fanfare-notification'))
  assert.equal((await replay()).status, 204)
  await hub.drain()
  assert.equal(hub.subscriber.deliveries()[3]?.text, atom('4'))
  assert.equal((await hub.database.db.selectFrom('backlog').selectAll().execute()).length, 0)
})

test('SF-07: as many as are kept, also those that have left the feed, in the form of the subscription', async (t) => {
  const { hub, replay } = await withPast(t, { format: 'json' })
  await replay({ count: '50' })
  await hub.drain()
  const { items } = JSON.parse(hub.subscriber.deliveries()[2]?.text ?? '') as JsonEntries
  assert.deepEqual(
    items.map(({ id }) => id),
    ['4', '3', '2', '1'],
  )
  const plain = await withPast(t)
  await plain.replay({ count: '4' })
  await plain.hub.drain()
  const ids = plain.hub.subscriber.deliveries()[2]?.text.match(/(?<=<id>)\d/g)
  assert.deepEqual(ids, ['4', '3', '2', '1'])
})

test('SF-07 RETRY-13: a replay that fails is tried again under the same id, and what is published meanwhile is not lost', async (t) => {
  const { hub, replay, publish } = await withPast(t)
  hub.subscriber.answersNext({ status: 500 })
  await replay({ count: '1' })
  await hub.drain()
  hub.world.advance({ seconds: 10 })
  await hub.drain()
  const [first, second] = hub.subscriber.deliveries().slice(2)
  assert.deepEqual([first?.text, second?.text], [atom('4'), atom('4')])
  assert.equal(second?.header('fanfare-notification'), first?.header('fanfare-notification'))

  hub.subscriber.answersNext({ status: 500 })
  await replay({ count: '1' })
  await hub.drain()
  await publish('5', '4')
  hub.world.advance({ minutes: 20 })
  await hub.drain()
  const last = hub.subscriber.deliveries().at(-1)
  assert.deepEqual([last?.text, last?.header('fanfare-number'), last?.status], [atom('5', '4'), '3', 200])
  assert.equal((await hub.database.db.selectFrom('backlog').selectAll().execute()).length, 0)
})

test('SF-07: whoever is behind gets all that it is owed when it asks for what was', async (t) => {
  const { hub, replay, publish } = await withPast(t, { 'fanfare.feed_delivery': 'new-entries' })
  hub.subscriber.answersNext({ status: 500 })
  await publish('6', '5', '4')
  assert.equal((await replay({ count: '1' })).status, 204)
  await hub.drain()
  assert.equal(hub.subscriber.deliveries().at(-1)?.text, atom('6', '5', '4'))
  await publish('7', '6')
  assert.equal(hub.subscriber.deliveries().at(-1)?.text, atom('7'))
})

test('SF-07: it waits its turn while the callback is being sent to', async (t) => {
  const { hub, replay, topic } = await withPast(t, {}, {})
  const { promise, resolve } = Promise.withResolvers<void>()
  hub.subscriber.answersNext({ until: promise })
  hub.publisher.publishes('/f', atom('9'), { type: 'application/atom+xml' })
  await hub.ping(topic)
  const draining = hub.drain()
  await hub.subscriber.until(() => hub.subscriber.deliveries().length === 3, 'the delivery')
  const asking = replay({ count: '1' })
  resolve()
  assert.equal((await asking).status, 204)
  await draining
  await hub.drain()
  assert.deepEqual(
    hub.subscriber
      .deliveries()
      .slice(2)
      .map(({ text }) => text),
    [atom('9'), atom('9')],
  )
})

test('SF-07: it is refused while the callback takes longer than the client can be kept', async (t) => {
  const { hub, replay, topic } = await withPast(t)
  const { promise, resolve } = Promise.withResolvers<void>()
  hub.subscriber.answersNext({ until: promise })
  hub.publisher.publishes('/f', atom('9'), { type: 'application/atom+xml' })
  await hub.ping(topic)
  const draining = hub.drain()
  await hub.subscriber.until(() => hub.subscriber.deliveries().length === 3, 'the delivery')
  const refused = await replay()
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [422, '5'])
  assert.match(await refused.text(), /being notified at this moment/)
  resolve()
  await draining
})

test('SF-07: what was asked for survives the hub that took it, and the next one sends it', async (t) => {
  const { hub, replay } = await withPast(t)
  assert.equal((await replay({ count: '1' })).status, 204)
  await hub.hub.stop()
  const next = await wholeHub(t, { database: hub.database, world: hub.world })
  await next.drain()
  assert.deepEqual(hub.subscriber.received.slice(2), [atom('4')])
})

test('SF-07: where each publication is a fact of its own, the last ones come again one by one', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = 'https://example.org/facts'
  const pattern = parsePattern('https://example.org', '--topic')
  const { secret } = await createKey(hub.database.db, { pattern, delivery: 'every', now: hub.world.now() })
  await user.subscribe(topic, hub.subscriber.callback())
  for (const body of ['one', 'two', 'three']) {
    const headers = { 'Content-Type': 'text/plain', Link: `<${topic}>; rel="self"`, Authorization: `Bearer ${secret}` }
    assert.equal((await fetch(hub.url, { method: 'POST', body, headers })).status, 202)
    await hub.drain()
  }
  const replay = (count: string) =>
    user.get({ 'hub.mode': 'replay', 'hub.topic': topic, 'hub.callback': hub.subscriber.callback(), count })
  assert.equal((await replay('2')).status, 204)
  await hub.drain()
  assert.deepEqual(hub.subscriber.received, ['one', 'two', 'three', 'two', 'three'])
  assert.equal((await replay('50')).status, 204)
  await hub.drain()
  assert.deepEqual(hub.subscriber.received.slice(5), ['one', 'two', 'three'])

  hub.subscriber.answersNext({ status: 500 }) // Now it is behind by one, and asks for three.
  const headers = { 'Content-Type': 'text/plain', Link: `<${topic}>; rel="self"`, Authorization: `Bearer ${secret}` }
  await fetch(hub.url, { method: 'POST', body: 'four', headers })
  await hub.drain()
  assert.equal((await replay('3')).status, 204)
  await hub.drain()
  assert.deepEqual(hub.subscriber.received.slice(8), ['four', 'two', 'three', 'four'])
})

test('SF-07: what is none of its own, unpublished or wrong is told, and nothing is sent', async (t) => {
  const { hub, user, topic, callback, replay } = await withPast(t)
  const bob = await keyedUser(hub, { login: 'bob' })
  const asked = { 'hub.mode': 'replay', 'hub.topic': topic, 'hub.callback': callback }
  const strange = await bob.get(asked)
  assert.deepEqual(
    [strange.status, await strange.text()],
    [404, 'hub.callback and hub.topic name no subscription of yours.\n'],
  )
  assert.equal((await fetch(`${hub.url}?${new URLSearchParams(asked)}`)).status, 401)
  const empty = hub.publisher.topic('/empty')
  await user.subscribe(empty, callback)
  for (const [fields, sentence] of [
    [{ 'hub.topic': empty }, /^hub\.topic has published nothing yet\./],
    [{ count: '51' }, /^count must be a whole number from 1 to 50\./],
    [{ 'hub.topic': '' }, /^hub\.topic is missing/],
    [{ 'hub.callback': '' }, /^hub\.callback is missing/],
    [{ 'hub.callback': '/dev/null' }, /^hub\.callback gets nothing when it is \/dev\/null/],
  ] as const) {
    const refused = await replay(fields as Readonly<Record<string, string>>)
    assert.deepEqual([refused.status, sentence.test(await refused.text())], [422, true], JSON.stringify(fields))
  }
  await hub.drain()
  assert.equal(hub.subscriber.deliveries().length, 2)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { createCipher } from '../src/subscribing/secret.ts'
import { cancelSubscription } from '../src/subscribing/subscribe.ts'
import { createBell } from '../src/work/bell.ts'
import { lastFirst } from './support/cleanup.ts'
import { wholeHub } from './support/hub.ts'
import { testDatabase } from './support/postgres.ts'
import { testWorld } from './support/world.ts'

test('a subscription’s whole life: subscribed, verified, delivered, unsubscribed', async (t) => {
  const { subscribe, unsubscribe, ping, drain, publisher, subscriber } = await wholeHub(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  assert.equal((await subscribe(topic, subscriber.callback())).status, 202)
  await drain()
  assert.equal(subscriber.verifications().length, 1)
  assert.equal((await ping(topic)).status, 204)
  await drain()
  assert.deepEqual(subscriber.received, ['first'])
  publisher.publishes('/feed', 'second')
  await ping(topic)
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
  assert.equal((await unsubscribe(topic, subscriber.callback())).status, 202)
  await drain()
  publisher.publishes('/feed', 'third')
  await ping(topic)
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

test('a running hub does all of it by itself', async (t) => {
  const { subscribe, ping, publisher, subscriber, database } = await wholeHub(t, { running: true })
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribe(topic, subscriber.callback(), { 'hub.secret': 's3cr3t' })
  await subscriber.until(() => subscriber.verifications()[0]?.ended === true, 'the verification')
  while ((await database.db.selectFrom('subscription').select('id').execute()).length === 0);
  await ping(topic)
  await subscriber.until(() => subscriber.received.length === 1, 'the delivery')
  assert.deepEqual(subscriber.received, ['content'])
})

test('SUB-31 PUB-22 RETRY-14: what was accepted, and what is owed, survives a restart', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 8 })
  const world = testWorld(t)
  const first = await wholeHub(t, { database, world })
  const topic = first.publisher.topic('/feed')
  first.publisher.publishes('/feed', 'content')
  await first.subscribe(topic, first.subscriber.callback())
  await first.hub.stop()
  assert.equal(first.subscriber.requests.length, 0)

  const second = await wholeHub(t, { database, world })
  await second.drain()
  assert.equal(first.subscriber.verifications().length, 1)
  await second.ping(topic)
  await second.hub.stop()
  assert.equal(first.publisher.requests.length, 0)

  const third = await wholeHub(t, { database, world })
  first.subscriber.answersNext({ status: 500 })
  await third.drain()
  assert.equal(first.subscriber.deliveries().length, 1)
  await third.hub.stop()

  const fourth = await wholeHub(t, { database, world })
  world.advance({ seconds: 10 })
  await fourth.drain()
  assert.deepEqual(first.subscriber.received, ['content', 'content'])
})

test('VER-17: a subscriber that stores its request when the 202 arrives is asked after that', async (t) => {
  const { subscribe, publisher, subscriber } = await wholeHub(t, { running: true })
  await subscribe(publisher.topic('/feed'), subscriber.callback())
  const answeredMs = performance.now()
  assert.equal(subscriber.requests.length, 0)
  await subscriber.until(() => subscriber.verifications().length === 1, 'the verification')
  assert.ok(performance.now() - answeredMs > 50)
})

test('SUB-37 VER-25: hub.verify in any form and hub.verify_token break no subscription', async (t) => {
  const { post, drain, subscriber, publisher } = await wholeHub(t)
  const answer = await post([
    ['hub.mode', 'subscribe'],
    ['hub.topic', publisher.topic('/feed')],
    ['hub.callback', subscriber.callback()],
    ['hub.verify', 'sync'],
    ['hub.verify', 'async'],
    ['hub.verify_token', 't'],
    ['hub.lease_seconds', '3456000'],
  ])
  assert.equal(answer.status, 202)
  await drain()
  assert.equal(subscriber.verifications()[0]?.parameter('hub.verify_token'), 't')
})

test('VAL-09 A-18 A-40: subscribing delivers nothing and takes no baseline: the first ping of an unchanged topic is delivered, the second is not', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber } = await wholeHub(t, { environment: { TOPIC_STRICT: 'on' } })
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'always the same')
  await subscribe(topic, subscriber.callback())
  await drain()
  assert.equal(subscriber.deliveries().length, 0)
  for (let pings = 0; pings < 2; pings++) {
    await ping(topic)
    await drain()
    assert.equal(subscriber.deliveries().length, 1)
  }
})

test('FETCH-15 A-18: an unchanged topic is delivered to who joined since, and to nobody twice', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber } = await wholeHub(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'always the same', { etag: true })
  await subscribe(topic, subscriber.callback('/early'))
  await drain()
  await ping(topic)
  await drain()
  await subscribe(topic, subscriber.callback('/late'))
  await drain()
  assert.equal(subscriber.deliveries({ path: '/late' }).length, 0)
  for (let pings = 0; pings < 2; pings++) {
    await ping(topic)
    await drain()
    assert.equal(subscriber.deliveries({ path: '/late' }).length, 1)
    assert.equal(subscriber.deliveries({ path: '/early' }).length, 1)
  }
})

test('DEN-05 DEN-06: a cancelled subscription is told so, and gets nothing more, not even what was owed', async (t) => {
  const whole = await wholeHub(t)
  const { subscribe, ping, drain, publisher, subscriber, database, world, recorded } = whole
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribe(topic, subscriber.callback())
  await drain()
  subscriber.answers({ status: 500 })
  await ping(topic)
  await drain()
  assert.equal(subscriber.deliveries().length, 1)
  const parts = {
    db: database.db,
    config: readConfig({}),
    world,
    events: recorded.events,
    bell: createBell(world.now),
    cipher: createCipher('a key for tests, and for nothing else'),
  }
  assert.equal(await cancelSubscription(parts, { topic, callback: subscriber.callback(), reason: 'moved away' }), true)
  assert.equal(await cancelSubscription(parts, { topic, callback: subscriber.callback(), reason: 'again' }), false)
  world.advance({ days: 1 })
  await drain()
  publisher.publishes('/feed', 'newer')
  await ping(topic)
  await drain()
  assert.deepEqual(
    subscriber.denials().map((each) => each.parameter('hub.reason')),
    ['moved away'],
  )
  assert.equal(subscriber.deliveries().length, 1)
})

test('LEASE-12: deliveries go on while a renewal waits for its answer', async (t) => {
  const { subscribe, ping, publisher, subscriber, database } = await wholeHub(t, { running: true })
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribe(topic, subscriber.callback())
  while ((await database.db.selectFrom('subscription').select('id').execute()).length === 0);
  const held = Promise.withResolvers<void>()
  subscriber.verifies({ until: held.promise })
  await subscribe(topic, subscriber.callback())
  await subscriber.until(() => subscriber.verifications().length === 2, 'the question of the renewal')
  await ping(topic)
  await subscriber.until(() => subscriber.received.length === 1, 'the delivery')
  held.resolve()
})

test('DIST-09 DIST-10 A-13 A-14: both links are what the topic names, verbatim, even where self is another URL', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber } = await wholeHub(t, {
    environment: { HUB_URL: 'http://localhost:7/' },
  })
  const topic = publisher.topic('/feed')
  const self = publisher.topic('/Canonical/%7Efeed')
  publisher.publishes('/feed', 'content', { self, hubs: ['http://LOCALHOST:7'] })
  await subscribe(topic, subscriber.callback())
  await drain()
  await ping(topic)
  await drain()
  assert.equal(subscriber.deliveries()[0]?.header('link'), `<${self}>; rel="self", <http://LOCALHOST:7>; rel="hub"`)
})

const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')

for (const [type, content] of [
  ['image/png', png],
  ['application/json', Buffer.from('{"a": 1 }\n')],
  ['text/plain;charset=UTF-8', Buffer.from('caf\u00e9\r\n')],
  ['text/plain; charset="x"', Buffer.from('x')],
  ['application/zip', Buffer.from('504b0304', 'hex')],
] as const) {
  test(`DIST-03 DIST-15 A-15: ${type} is delivered with its bytes and its very type`, async (t) => {
    const { subscribe, ping, drain, publisher, subscriber } = await wholeHub(t)
    publisher.publishes('/feed', content, { type })
    await subscribe(publisher.topic('/feed'), subscriber.callback())
    await drain()
    await ping(publisher.topic('/feed'))
    await drain()
    assert.deepEqual(subscriber.deliveries()[0]?.body, content)
    assert.equal(subscriber.deliveries()[0]?.header('content-type'), type)
  })
}

test('DIST-16: nothing else of the topic’s answer goes on to subscribers', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber } = await wholeHub(t)
  publisher.publishes('/feed', 'content', {
    etag: true,
    headers: { 'Set-Cookie': 'a=b', 'X-Foo': 'bar', Server: 'secret-server' },
  })
  await subscribe(publisher.topic('/feed'), subscriber.callback())
  await drain()
  await ping(publisher.topic('/feed'))
  await drain()
  const names = subscriber.deliveries()[0]?.rawHeaders.map(([name]) => name.toLowerCase()) ?? []
  assert.ok(names.length > 0)
  for (const name of ['set-cookie', 'x-foo', 'server', 'etag']) assert.equal(names.includes(name), false, name)
})

test('DIST-26: X-Hub-On-Behalf-Of in an answer, a number or not, is no trouble', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber, recorded } = await wholeHub(t)
  publisher.publishes('/feed', 'content')
  for (const [path, value] of [
    ['/a', '12'],
    ['/b', 'abc'],
  ] as const) {
    await subscribe(publisher.topic('/feed'), subscriber.callback(path))
    subscriber.answers({ headers: { 'X-Hub-On-Behalf-Of': value } }, { path })
  }
  await drain()
  await ping(publisher.topic('/feed'))
  await drain()
  assert.equal(subscriber.deliveries().length, 2)
  assert.equal(recorded.of('attemptFailed').length, 0)
})

test('RETRY-16 SEC-14: neither a callback nor where it redirects to is told in events', async (t) => {
  const { subscribe, ping, drain, publisher, subscriber, recorded } = await wholeHub(t)
  publisher.publishes('/feed', 'content')
  subscriber.answers({ status: 302, headers: { Location: 'http://other.test/?token=unmistakable-token' } })
  await subscribe(publisher.topic('/feed'), subscriber.callback('/unmistakable-callback'))
  await drain()
  await ping(publisher.topic('/feed'))
  await drain()
  assert.equal(recorded.of('attemptFailed').length, 1)
  assert.doesNotMatch(JSON.stringify(recorded.told), /unmistakable/)
})

test('VER-05 SEC-06: a hundred challenges are a hundred different ones', async (t) => {
  const { subscribe, drain, publisher, subscriber } = await wholeHub(t)
  for (let at = 0; at < 100; at++) await subscribe(publisher.topic('/feed'), subscriber.callback(`/${at}`))
  for (let turns = 0; turns < 3; turns++) await drain()
  const challenges = subscriber.verifications().map((each) => each.parameter('hub.challenge'))
  assert.equal(challenges.length, 100)
  assert.equal(new Set(challenges).size, 100)
})

test('SEC-20: content that nobody vouches for is not taken', async (t) => {
  const { url, subscribe, drain, publisher, subscriber } = await wholeHub(t)
  await subscribe(publisher.topic('/feed'), subscriber.callback())
  await drain()
  const answer = await fetch(url, {
    method: 'POST',
    body: '<feed/>',
    headers: { 'Content-Type': 'application/atom+xml', Link: `<${publisher.topic('/feed')}>; rel="self"` },
  })
  assert.ok(answer.status >= 400 && answer.status < 500)
  await drain()
  assert.equal(subscriber.deliveries().length, 0)
})

test('PUB-18 PUB-21 A-24 A-26: hub.url and hub.topic are both topics, and one that is none refuses all', async (t) => {
  const { subscribe, post, drain, publisher, subscriber } = await wholeHub(t)
  for (const path of ['/a', '/b']) {
    publisher.publishes(path, path)
    await subscribe(publisher.topic(path), subscriber.callback())
  }
  await drain()
  const [a, b] = [publisher.topic('/a'), publisher.topic('/b')]
  const refused = await post([
    ['hub.mode', 'publish'],
    ['hub.url', a],
    ['hub.url', 'nonsense'],
  ])
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /hub\.url/)
  await drain()
  assert.equal(publisher.requests.length, 0)
  assert.equal(
    (
      await post([
        ['hub.mode', 'publish'],
        ['hub.url', a],
        ['hub.topic', b],
      ])
    ).status,
    204,
  )
  await drain()
  assert.deepEqual([...subscriber.received].sort(), ['/a', '/b'])
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import type { Delivery } from '../../src/db/schema.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey, revokeKey } from '../../src/keys/store.ts'
import { startPolling } from '../../src/publishing/poll-store.ts'
import { type WholeHub, type WholeHubOptions, wholeHub } from '../support/hub.ts'
import type { Seen } from '../support/peer.ts'

interface Handing {
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Of another hub. */
  readonly at?: WholeHub
  /** With another key. */
  readonly key?: string
}

/** A hub with a key for everything, and a subscriber of the topic `/feed` that is verified. */
async function withKey(
  t: TestContext,
  { delivery = null, ...options }: WholeHubOptions & { readonly delivery?: Delivery | null } = {},
) {
  const hub = await wholeHub(t, options)
  const { database, world, publisher, subscriber } = hub
  const pattern = parsePattern(publisher.origin, '--topic')
  const { id, secret } = await createKey(database.db, { pattern, delivery, now: world.now() })
  const topic = publisher.topic('/feed')

  async function hand(body: string | Buffer, options: Handing = {}) {
    const { type = 'application/json', headers = {}, at = hub, key = secret } = options
    const response = await fetch(at.url, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { 'Content-Type': type, Link: `<${topic}>; rel="self"`, Authorization: `Bearer ${key}`, ...headers },
    })
    const text = await response.text()
    return { status: response.status, number: Number(response.headers.get('fanfare-number')), text }
  }

  /** Another key for the same topics. */
  async function keyFor(delivery: Delivery): Promise<string> {
    return (await createKey(database.db, { pattern, delivery, now: world.now() })).secret
  }

  async function subscribes(path = '/callback'): Promise<void> {
    assert.equal((await hub.subscribe(topic, subscriber.callback(path))).status, 202)
    await hub.drain()
  }

  const received = (path = '/callback') => subscriber.deliveries({ path }).map(({ text }) => text)
  return { ...hub, topic, keyId: id, hand, keyFor, subscribes, received }
}

test('FAT-01 FAT-03 FAT-04 FAT-08: every byte is delivered with its type, this hub and the topic; nothing is fetched', async (t) => {
  const { hand, subscribes, drain, subscriber, publisher, topic } = await withKey(t)
  await subscribes()
  const bytes = Buffer.from(Array.from({ length: 2000 }, (_, at) => at % 256))
  assert.deepEqual(await hand(bytes, { type: 'application/X-thing; a="b c"' }), {
    status: 202,
    number: 1,
    text: 'Accepted: this is number 1 of the topic.\n',
  })
  await drain()
  const [delivery] = subscriber.deliveries()
  assert.deepEqual(delivery?.body, bytes)
  assert.equal(delivery?.header('content-type'), 'application/X-thing; a="b c"')
  assert.equal(delivery?.header('link'), `<${topic}>; rel="self", <http://localhost:7/>; rel="hub"`)
  assert.equal(delivery?.header('fanfare-number'), '1')
  assert.equal(publisher.requests.length, 0)
})

test('FAT-03: what its publisher calls this hub, and further hubs, are named as they were', async (t) => {
  const { hand, subscribes, drain, subscriber, topic } = await withKey(t, {
    environment: { HUB_URL_ALIASES: 'http://hub.test/other' },
  })
  await subscribes()
  const Link = `<${topic}>; rel=self, <https://second.example/>; rel=hub, <HTTP://hub.test/other>; rel="hub"`
  await hand('{}', { headers: { Link } })
  await drain()
  assert.equal(
    subscriber.deliveries()[0]?.header('link'),
    `<${topic}>; rel="self", <HTTP://hub.test/other>; rel="hub", <https://second.example/>; rel="hub"`,
  )
})

test('FAT-02: a topic nobody knows is there from its first content on, and a revoked key adds nothing', async (t) => {
  const { hand, subscribes, received, drain, database, world, keyId } = await withKey(t)
  assert.equal((await hand('one')).number, 1)
  await drain()
  await subscribes()
  assert.equal((await hand('two')).number, 2)
  await revokeKey(database.db, keyId, { now: world.now() })
  const told = await hand('three')
  assert.deepEqual([told.status, told.text], [401, 'This key was revoked.\n'])
  await drain()
  assert.deepEqual(received(), ['two'])
})

test('FAT-10: one Idempotency-Key is one publication, also when it comes to two hubs at the same moment', async (t) => {
  const { hand, subscribes, received, drain, database, world } = await withKey(t)
  const other = await wholeHub(t, { database, world })
  await subscribes()
  const headers = { 'Idempotency-Key': 'order-7' }
  const told = await Promise.all(
    Array.from({ length: 8 }, (_, at) => hand('{"order":7}', { headers, ...(at % 2 === 0 ? {} : { at: other }) })),
  )
  assert.deepEqual(
    told.map(({ status, number }) => [status, number]),
    Array.from({ length: 8 }, () => [202, 1]),
  )
  assert.equal(told.filter(({ text }) => /Accepted before under this Idempotency-Key/.test(text)).length, 7)
  await drain()
  assert.deepEqual(received(), ['{"order":7}'])
})

test('FAT-10: an Idempotency-Key that comes with another topic or other content is 422, and free again after a day', async (t) => {
  const { hand, subscribes, received, drain, world, topic, database } = await withKey(t)
  await subscribes()
  const headers = { 'Idempotency-Key': 'order-7' }
  assert.equal((await hand('one', { headers })).number, 1)
  const content = await hand('other', { headers })
  assert.equal(content.status, 422)
  assert.match(content.text, /^This Idempotency-Key was used for another topic or other content/)
  const Link = `<${topic}/other>; rel="self"`
  const [ofTopic, ...rest] = await Promise.all([
    hand('one', { headers: { ...headers, Link } }),
    hand('one', { headers }),
  ])
  assert.deepEqual([ofTopic?.status, ...rest.map(({ number }) => number)], [422, 1])
  world.advance({ hours: 23 })
  assert.equal((await hand('one', { headers })).number, 1)
  world.advance({ hours: 2 })
  assert.equal((await hand('other', { headers })).number, 2)
  await drain()
  assert.deepEqual(received(), ['one', 'other'])
  world.advance({ hours: 25 })
  await drain()
  assert.deepEqual(await database.db.selectFrom('idempotency').selectAll().execute(), [])
})

test('FAT-10: two topics at the same moment under one Idempotency-Key: one is taken, the other 422', async (t) => {
  const { hand, topic, database } = await withKey(t)
  const headers = { 'Idempotency-Key': 'same' }
  const told = await Promise.all(
    ['/a', '/b', '/c', '/d'].map((path) =>
      hand('x', { headers: { ...headers, Link: `<${topic}${path}>; rel="self"` } }),
    ),
  )
  assert.deepEqual(told.map(({ status }) => status).sort(), [202, 422, 422, 422])
  assert.equal((await database.db.selectFrom('publication').selectAll().execute()).length, 1)
})

test('FAT-10: the same bytes without a key are one more fact of an event stream, and nothing new of a feed', async (t) => {
  const { hand, subscribes, received, drain, topic } = await withKey(t)
  await subscribes()
  const fact = { headers: { Link: `<${topic}/facts>; rel="self"` } }
  assert.deepEqual([(await hand('{}', fact)).number, (await hand('{}', fact)).number], [1, 2])
  const feed = { type: 'application/atom+xml', headers: { Link: `<${topic}>; rel="self"` } }
  assert.equal((await hand('<feed/>', feed)).number, 1)
  await drain()
  const again = await hand('<feed/>', feed)
  assert.deepEqual([again.status, again.number, /not delivered again/.test(again.text)], [202, 1, true])
  await subscribes('/newcomer')
  const repeated = await hand('<feed/>', feed)
  assert.deepEqual([repeated.number, /repeats the one before/.test(repeated.text)], [2, true])
  await drain()
  assert.deepEqual([received(), received('/newcomer')], [['<feed/>'], ['<feed/>']])
})

test('FAT-11 rule 12: the later of a ping and handed-over content wins, whatever a fetch under way brings', async (t) => {
  const { hand, subscribes, received, drain, publisher, ping, topic, hub } = await withKey(t, { delivery: 'latest' })
  await subscribes()
  assert.equal((await hand('v1')).number, 1)
  await drain()
  publisher.publishes('/feed', 'v2')
  await ping(topic)
  await drain()
  assert.equal((await hand('v3')).number, 3)
  await drain()
  assert.deepEqual(received(), ['v1', 'v2', 'v3'])

  publisher.publishes('/feed', 'v4')
  const gate = publisher.holds('/feed')
  await ping(topic)
  const draining = hub.drain()
  await publisher.until(() => publisher.fetches('/feed').length === 2, 'the fetch of v4 began')
  assert.equal((await hand('v5')).number, 4)
  gate.release()
  await draining
  await drain()
  assert.deepEqual(received(), ['v1', 'v2', 'v3', 'v5'])
  assert.equal(publisher.fetches('/feed').length, 2, 'what was pinged before is not fetched again')

  await ping(topic)
  await drain()
  assert.deepEqual(received(), ['v1', 'v2', 'v3', 'v5', 'v4'], 'a ping that came later counts again')
})

test('FAT-11: a ping that waits, its second looks and its retries end with the content that is handed over', async (t) => {
  const { hand, subscribes, received, drain, publisher, ping, topic, world } = await withKey(t, { delivery: 'latest' })
  await subscribes()
  await ping(topic) // 404, to be tried again after 30 s.
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  await hand('by hand')
  publisher.publishes('/feed', 'older')
  world.advance({ minutes: 10 })
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  assert.deepEqual(received(), ['by hand'])
})

test('rule 12: a ping after handed-over content fetches without the validators of what was fetched before', async (t) => {
  const { hand, subscribes, received, drain, publisher, ping, topic } = await withKey(t, { delivery: 'latest' })
  await subscribes()
  publisher.publishes('/feed', 'fetched', { etag: true })
  await ping(topic)
  await drain()
  await hand('handed over')
  await drain()
  await ping(topic)
  await drain()
  assert.deepEqual(received(), ['fetched', 'handed over', 'fetched'])
  assert.equal(publisher.fetches('/feed').at(-1)?.header('if-none-match'), undefined)
})

test('FAT-04: feeds are delivered as their latest version, all else each by itself, unless the key says otherwise', async (t) => {
  const { hand, topic, database } = await withKey(t)
  const every = await withKey(t, { delivery: 'every' })
  const cases: readonly (readonly [type: string, body: string, delivery: Delivery])[] = [
    ['application/atom+xml; charset=utf-8', '<feed/>', 'latest'],
    ['application/rss+xml', '<rss/>', 'latest'],
    ['application/rdf+xml', '<rdf:RDF/>', 'latest'],
    ['application/feed+json', '{}', 'latest'],
    ['text/xml', '<?xml version="1.0"?><!-- x --><rss version="2.0"/>', 'latest'],
    ['application/xml', '<order/>', 'every'],
    ['text/html', '<feed xmlns="http://www.w3.org/2005/Atom"/>', 'latest'],
    ['text/html', '<!doctype html><p>', 'every'],
    ['application/json', '{"version": "https://jsonfeed.org/version/1.1"}', 'latest'],
    ['application/json', '{"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', 'latest'],
    ['application/json', '{"order":7}', 'every'],
    ['application/x-www-form-urlencoded', 'a=1', 'every'],
    ['image/png', '<rss/>', 'every'],
  ]
  for (const [at, [type, body]] of cases.entries()) {
    const headers = { Link: `<${topic}/${at}>; rel="self"`, 'X-Ballerina-Publisher': 'publish' }
    assert.equal((await hand(body, { type, headers })).status, 202, type)
  }
  const rows = await database.db.selectFrom('topic').select(['url', 'delivery']).orderBy('id').execute()
  assert.deepEqual(
    rows.map(({ delivery }) => delivery),
    cases.map(([, , delivery]) => delivery),
  )
  await every.hand('<feed/>', { type: 'application/atom+xml' })
  const [feed] = await every.database.db.selectFrom('topic').select('delivery').execute()
  assert.equal(feed?.delivery, 'every')
})

// An order behind a feed, or behind content of a key for `latest`, was answered 202 and replaced by the next before it was sent.
test('FAT-04: what is no feed is a fact of its own, whatever was handed over before it, and so is what follows', async (t) => {
  const feed = '<feed xmlns="http://www.w3.org/2005/Atom"/>'
  const atom = { type: 'application/atom+xml' }
  for (const before of [feed, '{"order":0}']) {
    const { hand, keyFor, subscribes, received, drain, database } = await withKey(t)
    await hand(before, before === feed ? atom : { key: await keyFor('latest') })
    await subscribes()
    for (const order of [1, 2, 2]) await hand(`{"order":${order}}`)
    await hand(feed, atom)
    await hand(feed, atom)
    await drain()
    assert.deepEqual(received(), ['{"order":1}', '{"order":2}', '{"order":2}', feed, feed])
    assert.deepEqual(await database.db.selectFrom('topic').select('delivery').execute(), [{ delivery: 'every' }])
  }
})

test('a document that is pinged and unchanged is no fact of its own: newcomers of an event stream await the next', async (t) => {
  const { hand, subscribes, drain, publisher, subscriber, ping, topic } = await withKey(t)
  await subscribes()
  publisher.publishes('/feed', '{"now":1}', { type: 'application/json' })
  await hand('{"now":1}')
  await drain()
  await subscribes('/newcomer')
  await ping(topic)
  await drain()
  await hand('{"now":2}')
  await drain()
  const numbers = (path: string) => subscriber.deliveries({ path }).map((seen: Seen) => seen.header('fanfare-number'))
  assert.deepEqual([numbers('/callback'), numbers('/newcomer')], [['1', '2'], ['2']])
})

test('PUB-15 VAL-03: where topics must be registered, a key registers what it is for: to hand over, ping and subscribe to', async (t) => {
  const { hand, subscribe, subscribes, received, drain, ping, topic, database, keyId, world, subscriber } =
    await withKey(t, { environment: { TOPIC_POLICY: 'registered' } })
  await subscribes()
  assert.equal((await hand('one')).status, 202)
  await drain()
  assert.deepEqual(received(), ['one'])
  assert.equal((await ping(topic)).status, 204)
  const other = await ping('http://other.test/feed')
  assert.deepEqual([other.status, /hub\.url/.test(await other.text())], [403, true])
  await revokeKey(database.db, keyId, { now: world.now() })
  assert.equal((await ping(topic)).status, 403)
  assert.equal((await subscribe(topic, subscriber.callback('/late'))).status, 202)
  await drain()
  assert.equal(subscriber.denials({ path: '/late' }).length, 1)
})

test('rule 1: a topic becomes latest only once nobody is owed a fact of the time before', async (t) => {
  const { hand, keyFor, subscribes, received, drain, subscriber, world } = await withKey(t, { delivery: 'every' })
  const key = await keyFor('latest')
  await subscribes()
  await subscribes('/behind')
  subscriber.answers({ status: 500 }, { path: '/behind' })
  await hand('1')
  await hand('2')
  await drain()
  await hand('3', { key })
  await drain()
  subscriber.answers({ status: 200 }, { path: '/behind' })
  world.advance({ minutes: 10 })
  await drain()
  const arrived = () =>
    subscriber.deliveries({ path: '/behind' }).flatMap(({ status, text }) => (status === 200 ? [text] : []))
  assert.deepEqual(
    [received(), arrived()],
    [
      ['1', '2', '3'],
      ['1', '2', '3'],
    ],
  )

  subscriber.answers({ status: 500 }, { path: '/behind' })
  await hand('4', { key })
  await drain()
  await hand('5', { key })
  await hand('6', { key })
  await drain()
  subscriber.answers({ status: 200 }, { path: '/behind' })
  world.advance({ hours: 1 })
  await drain()
  assert.deepEqual(arrived(), ['1', '2', '3', '6'], 'each replaces what came before now')
})

test('a topic becomes every from the next number on: who is behind gets the last of the time before, then each in turn', async (t) => {
  const { hand, keyFor, subscribes, received, drain, subscriber, world } = await withKey(t, { delivery: 'latest' })
  const key = await keyFor('every')
  await subscribes()
  await subscribes('/behind')
  subscriber.answers({ status: 500 }, { path: '/behind' })
  for (const content of ['1', '2', '3']) {
    await hand(content)
    await drain()
  }
  await hand('4', { key })
  await hand('5', { key })
  await drain()
  subscriber.answers({ status: 200 }, { path: '/behind' })
  world.advance({ hours: 1 })
  await drain()
  assert.deepEqual(received(), ['1', '2', '3', '4', '5'])
  const tried = received('/behind')
  assert.deepEqual(tried.slice(-3), ['3', '4', '5'])
  assert.deepEqual(tried, tried.toSorted(), 'nothing older after something newer, not even as a try')
})

test('FAT-02: a key that is revoked while its body is on the way publishes nothing', async (t) => {
  const { hand, topic, database, keyId, world, url, keyFor } = await withKey(t)
  const key = await keyFor('every')
  const sending = request(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'text/plain',
      Link: `<${topic}>; rel="self"`,
      Authorization: `Bearer ${key}`,
      Expect: '100-continue',
    },
  })
  sending.flushHeaders()
  await once(sending, 'continue') // The hub has looked at the key.
  await revokeKey(database.db, keyId + 1, { now: world.now() })
  sending.end('body')
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  assert.deepEqual([answer.statusCode, await text(answer)], [401, 'The key was revoked.\n'])
  assert.equal((await hand('{}')).number, 1)
})

test('a topic that is polled goes on being polled at its pace after content was handed over', async (t) => {
  const { hand, subscribes, received, drain, publisher, topic, database, world } = await withKey(t, {
    delivery: 'latest',
  })
  await subscribes()
  await startPolling(database.db, topic, { everyMs: 60_000, slowestMs: 60_000, now: world.now() })
  publisher.publishes('/feed', 'polled')
  await hand('by hand')
  await drain()
  assert.deepEqual(received(), ['by hand'])
  world.advance({ minutes: 2 })
  await drain()
  assert.deepEqual(received(), ['by hand', 'polled'])
})

test('publications of one topic wait for each other without keeping those of other topics from the database', async (t) => {
  const { hand, topic, database } = await withKey(t)
  await hand('first')
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = database.db.transaction().execute(async (tx) => {
    await tx.selectFrom('topic').select('id').where('url', '=', topic).forUpdate().execute()
    locked.resolve()
    await held
  })
  await locked.promise
  const waiting = Array.from({ length: 20 }, (_, at) => hand(String(at)))
  const others = await Promise.all(
    [1, 2, 3, 4].map((at) => hand('{}', { headers: { Link: `<${topic}/${at}>; rel="self"` } })),
  ).finally(release)
  assert.deepEqual(
    others.map(({ status, number }) => [status, number]),
    Array.from({ length: 4 }, () => [202, 1]),
  )
  await holding
  const numbers = (await Promise.all(waiting)).map(({ number }) => number)
  assert.deepEqual(
    numbers.toSorted((some, other) => some - other),
    Array.from({ length: 20 }, (_, at) => at + 2),
  )
})

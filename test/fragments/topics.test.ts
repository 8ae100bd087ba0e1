import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { listTopics } from '../../src/publishing/topic-list.ts'
import { pageOf } from '../../src/url-key.ts'
import { type WholeHub, wholeHub } from '../support/hub.ts'
import { startPublisher } from '../support/publisher.ts'

const page = (price: string, rest = 'news') =>
  `<html><head><title>${rest}</title></head><body><p>${rest}</p><b class="price">${price}</b></body></html>`

test('SF-15: a change elsewhere on the page delivers nothing, one inside delivers the part, signed', async (t) => {
  const { hub, topic, deliver, publisher, subscriber } = await reading(t, '/page#.price', { 'hub.secret': 'sesame' })
  publisher.publishes('/page', page('9 €'))
  await deliver()
  assert.deepEqual(subscriber.received, ['<b class="price">9 €</b>'])
  publisher.publishes('/page', page('9 €', 'other news'))
  await deliver()
  assert.equal(subscriber.deliveries().length, 1)
  publisher.publishes('/page', page('8 €', 'other news'))
  await deliver()
  assert.deepEqual(subscriber.received, ['<b class="price">9 €</b>', '<b class="price">8 €</b>'])
  const [, second] = subscriber.deliveries()
  const signature = createHmac('sha256', 'sesame').update('<b class="price">8 €</b>').digest('hex')
  assert.equal(second?.header('x-hub-signature'), `sha256=${signature}`)
  assert.equal(second?.header('content-type'), 'text/html; charset=UTF-8')
  assert.equal(second?.header('link'), `<${topic}>; rel="self", <http://localhost:7/>; rel="hub"`)
  assert.equal(second?.header('fanfare-number'), '2')
  assert.deepEqual(
    publisher.fetches('/page').map(({ target }) => target),
    ['/page', '/page', '/page'],
  )
  assert.equal(hub.recorded.of('dutyFailed').length, 0)
})

test('SF-15: one fetch of the page serves it and all its parts, each by its own changes', async (t) => {
  const { hub, deliver, publisher, subscriber } = await reading(t, '/page#.price')
  await subscribed(hub, '/page#p', '/p')
  await subscribed(hub, '/page', '/whole')
  publisher.publishes('/page', page('9 €'), { etag: true })
  await deliver()
  publisher.publishes('/page', page('9 €', 'other news'), { etag: true })
  await deliver()
  assert.equal(publisher.fetches('/page').length, 2)
  assert.deepEqual(bodies(hub, '/callback'), ['<b class="price">9 €</b>'])
  assert.deepEqual(bodies(hub, '/p'), ['<p>news</p>', '<p>other news</p>'])
  assert.deepEqual(bodies(hub, '/whole'), [page('9 €'), page('9 €', 'other news')])
  assert.equal(subscriber.deliveries().length, 5)
})

test('SF-15: whoever joins gets the part at the next ping, also where the page has not changed (A-18)', async (t) => {
  const { hub, deliver, publisher } = await reading(t, '/page#.price')
  publisher.publishes('/page', page('9 €'), { etag: true })
  await deliver()
  await subscribed(hub, '/page#.price', '/later')
  await subscribed(hub, '/page#p', '/other')
  await deliver()
  assert.deepEqual(bodies(hub, '/later'), ['<b class="price">9 €</b>'])
  assert.deepEqual(bodies(hub, '/other'), ['<p>news</p>'])
  assert.equal(bodies(hub, '/callback').length, 1)
})

test('SF-15: nothing is delivered until something matches, nor when it has vanished, and the topic says why', async (t) => {
  const { hub, deliver, publisher, subscriber, result } = await reading(t, '/page#.price')
  publisher.publishes('/page', '<p>Soon here</p>')
  await deliver()
  assert.equal(await result(), 'Nothing on the page matches the selector.')
  publisher.publishes('/page', page('9 €'))
  await deliver()
  assert.equal(await result(), 'new')
  publisher.publishes('/page', '<p>Sold out</p>')
  await subscribed(hub, '/page#.price', '/later')
  await deliver()
  assert.equal(await result(), 'Nothing on the page matches the selector.')
  assert.equal(subscriber.deliveries().length, 1)
  publisher.publishes('/page', page('9 €'))
  await deliver()
  assert.deepEqual(bodies(hub, '/callback'), ['<b class="price">9 €</b>'], 'it is what its subscriber has')
  assert.deepEqual(bodies(hub, '/later'), ['<b class="price">9 €</b>'])
})

test('SF-15: a page that is neither markup nor JSON delivers nothing, and the topic says why', async (t) => {
  const { deliver, publisher, subscriber, result } = await reading(t, '/page#.price')
  publisher.publishes('/page', Buffer.from('\x89PNG', 'latin1'), { type: 'image/png' })
  await deliver()
  assert.match(await result(), /neither markup nor JSON/)
  assert.equal(subscriber.deliveries().length, 0)
})

test('SF-15: of JSON a path names the part, as Superfeedr had it', async (t) => {
  const { topic, deliver, publisher, subscriber } = await reading(t, '/inventory.json#%24.store.bicycle.price')
  const inventory = (price: string, sold: number) => `{"sold": ${sold}, "store": {"bicycle": {"price": ${price}}}}`
  for (const [price, sold] of [
    ['19.950', 1],
    ['19.950', 2],
    ['18', 2],
  ] as const) {
    publisher.publishes('/inventory.json', inventory(price, sold), { type: 'application/json' })
    await deliver()
  }
  assert.deepEqual(subscriber.received, ['19.950', '18'])
  assert.equal(subscriber.deliveries()[0]?.header('content-type'), 'application/json')
  assert.match(
    subscriber.deliveries()[0]?.header('link') ?? '',
    new RegExp(`^<${topic.replace('$', '\\$')}>; rel="self"`),
  )
})

test('SF-15: neither a redirect nor a self link of the page swallows the fragment', async (t) => {
  const { hub, topic, deliver, publisher, subscriber } = await reading(t, '/page#.price')
  publisher.publishes('/moved', page('9 €'), { self: publisher.topic('/canonical') })
  publisher.answers('/page', { status: 302, headers: { Location: publisher.topic('/moved') } })
  await deliver()
  assert.match(subscriber.deliveries()[0]?.header('link') ?? '', new RegExp(`^<${topic}>; rel="self"`))
  publisher.publishes('/moved', page('8 €'), { self: publisher.topic('/canonical') })
  await hub.ping(publisher.topic('/canonical'))
  await hub.drain()
  assert.deepEqual(subscriber.received, ['<b class="price">9 €</b>', '<b class="price">8 €</b>'])
})

test('SF-15: the fragment is echoed, denied and unsubscribed as it was given', async (t) => {
  const { hub, topic, deliver, publisher, subscriber } = await reading(t, '/page#%2Eprice%20%3E%20b')
  const [asked] = subscriber.verifications()
  assert.equal(asked?.parameter('hub.topic'), topic)
  publisher.publishes('/page', '<div class=price><b>9</b></div>')
  await deliver()
  assert.match(subscriber.deliveries()[0]?.header('link') ?? '', new RegExp(`^<${topic}>; rel="self"`))
  assert.equal((await hub.unsubscribe(publisher.topic('/page#.price%20%3e%20b'), subscriber.callback())).status, 202)
  await hub.drain()
  publisher.publishes('/page', '<div class=price><b>8</b></div>')
  await deliver()
  assert.deepEqual(subscriber.received, ['<b>9</b>'])
  const closed = await wholeHub(t, { environment: { ...on, TOPIC_POLICY: 'registered' } })
  await closed.subscribe(topic, closed.subscriber.callback())
  await closed.drain()
  assert.equal(closed.subscriber.denials()[0]?.parameter('hub.topic'), topic)
})

test('SF-15: TOPIC_POLICY and TOPIC_STRICT concern the page', async (t) => {
  const publisher = await startPublisher(t, { hubUrl: 'http://localhost:7/' })
  publisher.publishes('/page', page('9 €'))
  publisher.publishes('/alias', page('9 €'), { self: publisher.topic('/page') })
  const hub = await wholeHub(t, {
    environment: {
      ...on,
      TOPIC_POLICY: 'registered',
      TOPICS_REGISTERED: `${publisher.topic('/page')},${publisher.topic('/alias')}`,
      TOPIC_STRICT: 'on',
    },
  })
  for (const path of ['/page', '/alias', '/other']) {
    await hub.subscribe(`${publisher.topic(path)}#.price`, hub.subscriber.callback(path))
  }
  await hub.drain()
  assert.equal(hub.subscriber.verifications({ path: '/page' }).length, 1)
  const [alias] = hub.subscriber.denials({ path: '/alias' })
  assert.equal(
    alias?.parameter('hub.reason'),
    `The topic's own URL is ${publisher.topic('/page')}: subscribe to that, with #.price behind it.`,
  )
  assert.equal(hub.subscriber.denials({ path: '/other' }).length, 1)
})

test('SF-15: a topic that is one part of a page too many is refused, and one that is there is not', async (t) => {
  const hub = await wholeHub(t, { environment: on })
  const { publisher, subscriber, subscribe } = hub
  const asked = async (part: number) =>
    (await subscribe(publisher.topic(`/page#.p${part}`), subscriber.callback(`/${part}`))).status
  const statuses = [...new Set(await Promise.all(Array.from({ length: 60 }, (_, part) => asked(part))))]
  assert.deepEqual(statuses.sort(), [202, 429], 'so many at once')
  for (let part = 0; part < 100; part++) {
    if ((await asked(part)) === 202) continue
    hub.world.advance({ minutes: 2 })
    assert.equal(await asked(part), 202)
  }
  await hub.drain()
  hub.world.advance({ minutes: 2 })
  const refused = await subscribe(publisher.topic('/page#.more'), subscriber.callback())
  assert.equal(refused.status, 429)
  assert.match(await refused.text(), /^hub\.topic would be one part more of a page/)
  assert.equal((await subscribe(publisher.topic('/page#.p1'), subscriber.callback('/again'))).status, 202)
  assert.equal((await subscribe(publisher.topic('/other#.p1'), subscriber.callback())).status, 202)
})

test('SF-15: who asks for many parts and confirms none leaves them to others', async (t) => {
  const hub = await wholeHub(t, { environment: on })
  const { publisher, subscriber, subscribe } = hub
  const asked = async (part: string, callback: string) =>
    (await subscribe(publisher.topic(`/page#${part}`), callback)).status
  for (let part = 0; part < 40; part++) await asked(`.x${part}`, subscriber.callback('/never'))
  assert.equal(await asked('.price', subscriber.callback('/never')), 429)
  const honest = subscriber.callback().replace('127.0.0.1', 'localhost')
  assert.equal(await asked('.price', honest), 202)
})

for (const [fragment, says] of [
  ['p%5B', /'p\[' is no CSS selector/],
  ['', /is empty/],
  ['%24.a%5B', /JSONPath/],
  ['%24%5B%3F%40.a%5D', /filter/],
  ['%ff', /UTF-8/],
  ['a b', /white space/],
] as const) {
  test(`SF-15: #${fragment} is refused with a sentence, and nothing is fetched for it`, async (t) => {
    const hub = await wholeHub(t, { environment: on })
    const answer = await hub.subscribe(hub.publisher.topic(`/page#${fragment}`), hub.subscriber.callback())
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), says)
    assert.equal(hub.publisher.requests.length, 0)
  })
}

test('SF-15 SUB-32: a hub that does not offer fragments refuses them, and says so; callbacks and pings never have one', async (t) => {
  const off = await wholeHub(t)
  const refused = await off.subscribe(off.publisher.topic('/page#.price'), off.subscriber.callback())
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /^hub\.topic must not have a fragment.*FRAGMENT_TOPICS/)
  const hub = await wholeHub(t, { environment: on })
  const callback = await hub.subscribe(hub.publisher.topic('/page#.price'), hub.subscriber.callback('/callback#x'))
  assert.match(await callback.text(), /^hub\.callback must not have a fragment/)
  const ping = await hub.ping(hub.publisher.topic('/page#.price'))
  assert.equal(ping.status, 400)
  assert.match(await ping.text(), /^hub\.url must not have a fragment/)
})

test('SF-15: where fragments are no longer offered, what is subscribed goes on and can be ended', async (t) => {
  const { hub, topic, publisher, subscriber } = await reading(t, '/page#.price')
  const off = await wholeHub(t, { database: hub.database, world: hub.world })
  publisher.publishes('/page', page('9 €'))
  await off.ping(publisher.topic('/page'))
  await off.drain()
  assert.deepEqual(subscriber.received, ['<b class="price">9 €</b>'])
  assert.equal((await off.subscribe(topic, subscriber.callback('/new'))).status, 400)
  assert.equal((await off.unsubscribe(topic, subscriber.callback())).status, 202)
  await off.drain()
  publisher.publishes('/page', page('8 €'))
  await off.ping(publisher.topic('/page'))
  await off.drain()
  assert.equal(subscriber.deliveries().length, 1)
})

test('SF-15: the operator is told of a part what the fetch of its page came to, while that brings nothing', async (t) => {
  const { hub, topic, deliver } = await reading(t, '/missing#.price')
  await deliver()
  const [listed] = await listTopics(hub.database.db, { text: '#.price', limit: 9, now: hub.world.now() })
  assert.deepEqual([listed?.url, listed?.result], [topic, 'The topic answered 404.'])
})

test('SF-15: a fragment that is refused can be unsubscribed from, for it may have been taken once', async (t) => {
  const hub = await wholeHub(t, { environment: on })
  const topic = hub.publisher.topic('/page#@media')
  assert.equal((await hub.subscribe(topic, hub.subscriber.callback())).status, 400)
  assert.equal((await hub.unsubscribe(topic, hub.subscriber.callback())).status, 202)
})

test('SF-15: when nobody reads a part any more, it and its page go', async (t) => {
  const { hub, topic, deliver, publisher, subscriber } = await reading(t, '/page#.price')
  publisher.publishes('/page', page('9 €'))
  await deliver()
  await hub.unsubscribe(topic, subscriber.callback())
  await hub.drain()
  for (const minutes of [2, 2, 2]) {
    hub.world.advance({ minutes })
    await hub.drain()
  }
  assert.deepEqual(await hub.database.db.selectFrom('topic').select('url').execute(), [])
  publisher.publishes('/page', page('8 €'))
  await deliver()
  assert.equal(subscriber.deliveries().length, 1)
})

const on = { FRAGMENT_TOPICS: 'on' }

/** A hub with one subscription, to a path of the publisher's. */
async function reading(t: TestContext, path: string, fields: Readonly<Record<string, string>> = {}) {
  const hub = await wholeHub(t, { environment: on })
  const { publisher, subscriber, database } = hub
  const topic = publisher.topic(path)
  await subscribed(hub, path, '/callback', fields)
  async function deliver(): Promise<void> {
    assert.equal((await hub.ping(pageOf(topic))).status, 204)
    await hub.drain()
  }
  async function result(): Promise<string> {
    const row = await database.db.selectFrom('topic').select('result').where('url', '=', topic).executeTakeFirst()
    return row?.result ?? ''
  }
  return { hub, topic, deliver, result, publisher, subscriber }
}

async function subscribed(
  hub: WholeHub,
  path: string,
  callback: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await hub.subscribe(hub.publisher.topic(path), hub.subscriber.callback(callback), fields)
  assert.equal(answer.status, 202, await answer.text())
  await hub.drain()
}

function bodies({ subscriber }: WholeHub, path: string): readonly string[] {
  return subscriber.deliveries({ path }).map(({ text }) => text)
}

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { type WholeHub, type WholeHubOptions, wholeHub } from '../support/hub.ts'

const newEntries = { environment: { FEED_DELIVERY: 'new-entries' } }
const type = 'application/atom+xml;charset=UTF-8'

/** A hub with one feed that a callback has subscribed to and received whole, with entries a and b. */
async function feedHub(t: Parameters<typeof wholeHub>[0], options: WholeHubOptions = newEntries, fields = {}) {
  const parts = await wholeHub(t, options)
  const { publisher, subscriber } = parts
  const topic = publisher.topic('/feed')
  async function publish(content: string | Buffer, { as = type } = {}) {
    publisher.publishes('/feed', content, { type: as })
    await parts.ping(topic)
    await parts.drain()
  }
  publisher.publishes('/feed', atom('a', 'b'), { type })
  await parts.subscribe(topic, subscriber.callback(), fields)
  await parts.drain()
  await publish(atom('a', 'b'))
  assert.deepEqual(subscriber.received, [atom('a', 'b')])
  return { ...parts, topic, publish, ...receiving(parts) }
}

/** What a callback received after the first. */
function receiving({ subscriber }: WholeHub) {
  return {
    received: (path = '/callback') =>
      subscriber
        .deliveries({ path })
        .map(({ text }) => text)
        .slice(1),
  }
}

test('DIFF-01 DIFF-13: unless told otherwise a feed is delivered whole, every time', async (t) => {
  const { publish, received } = await feedHub(t, {})
  await publish(atom('c', 'a', 'b'))
  assert.deepEqual(received(), [atom('c', 'a', 'b')])
})

test('DIFF-03 DIFF-13: the first delivery is whole, later ones hold what is new in the envelope of the newest', async (t) => {
  const { publish, received } = await feedHub(t)
  await publish(atom('c', 'a', 'b'))
  await publish(atom('d', 'c 2', 'a', 'b'))
  assert.deepEqual(received(), [atom('c'), atom('d', 'c 2')])
})

test('DIFF-06 DIFF-07: what is reduced keeps its Content-Type, links and number, and is signed as it is sent', async (t) => {
  const { publish, subscriber, topic } = await feedHub(t, newEntries, { 'hub.secret': 'a secret' })
  await publish(atom('c', 'a', 'b'))
  const delivery = subscriber.deliveries()[1]
  assert.equal(delivery?.header('content-type'), type)
  assert.equal(delivery?.header('link'), `<${topic}>; rel="self", <http://localhost:7/>; rel="hub"`)
  assert.equal(delivery?.header('fanfare-number'), '2')
  const hex = createHmac('sha256', 'a secret').update(atom('c')).digest('hex')
  assert.equal(delivery?.header('x-hub-signature'), `sha256=${hex}`)
})

test('DIFF-05: a publication with nothing new is not delivered, and the next brings only what is new since', async (t) => {
  const { publish, received, recorded } = await feedHub(t)
  await publish(atom('b', 'a'))
  await publish(atom('b'))
  assert.deepEqual(received(), [])
  assert.equal(recorded.of('batchDelivered').at(-1)?.unchanged, 1)
  await publish(atom('c', 'b'))
  assert.deepEqual(received(), [atom('c')])
})

test('DIFF-02 DIFF-14 A-31: whoever missed a delivery gets its entries with the next, and nobody else does', async (t) => {
  const { publish, received, subscribe, subscriber, topic, drain } = await feedHub(t)
  await subscribe(topic, subscriber.callback('/late'))
  await drain()
  await publish(atom('x'))
  subscriber.answers({ status: 500 }, { path: '/late' })
  await publish(atom('b', 'a', 'x'))
  subscriber.answers({}, { path: '/late' })
  await publish(atom('c', 'a', 'x'))
  assert.deepEqual(received(), [atom('x'), atom('b', 'a'), atom('c')])
  const [failed, ...caughtUp] = received('/late')
  assert.equal(failed, atom('b', 'a'))
  // `b` fell off meanwhile: it follows what the newest has.
  assert.deepEqual(caughtUp, [atom('c', 'a', 'b')])
})

test('DIFF-02: whoever joined since gets all there is', async (t) => {
  const { publish, received, subscribe, subscriber, topic, drain } = await feedHub(t)
  await subscribe(topic, subscriber.callback('/new'))
  await drain()
  await publish(atom('c', 'a', 'b'))
  assert.deepEqual(received(), [atom('c')])
  assert.deepEqual(
    subscriber.deliveries({ path: '/new' }).map(({ text }) => text),
    [atom('c', 'a', 'b')],
  )
})

test('DIFF-14: a retry has the same bytes under the same id', async (t) => {
  const { publish, subscriber, world, drain } = await feedHub(t)
  subscriber.answersNext({ status: 500 })
  await publish(atom('c', 'a', 'b'))
  world.advance({ seconds: 10 })
  await drain()
  const [failed, retried] = subscriber.deliveries().slice(1)
  assert.equal(failed?.text, atom('c'))
  assert.deepEqual(retried?.body, failed?.body)
  assert.equal(retried?.header('fanfare-notification'), failed?.header('fanfare-notification'))
})

test('DIFF-14: after a notification that was given up the next is whole', async (t) => {
  const environment = { ...newEntries.environment, RETRY_SCHEDULE: '1s' }
  const { publish, received, subscriber, world, drain, recorded } = await feedHub(t, { environment })
  subscriber.answersNext({ status: 500 }, { status: 500 })
  await publish(atom('c', 'a', 'b'))
  world.advance({ seconds: 10 })
  await drain()
  assert.equal(recorded.of('gaveUp').length, 1)
  await publish(atom('d', 'c', 'a', 'b'))
  await publish(atom('e', 'd', 'c', 'a', 'b'))
  assert.deepEqual(received().slice(2), [atom('d', 'c', 'a', 'b'), atom('e')])
})

test('DIFF-09: where a publication before is no longer kept, the newest goes out whole', async (t) => {
  const { publish, received, subscriber, database, world, drain } = await feedHub(t)
  subscriber.answersNext({ status: 500 })
  await publish(atom('c', 'a', 'b'))
  await database.db.deleteFrom('publication').where('number', '=', 1).execute()
  // Another hub has never read it.
  const other = await wholeHub(t, { ...newEntries, database, world })
  world.advance({ seconds: 10 })
  await other.drain()
  await drain()
  assert.deepEqual(received(), [atom('c'), atom('c', 'a', 'b')])
})

test('DIFF-09 SEC-22: what does not parse goes out whole, and holds up nobody', async (t) => {
  const { publish, received, subscriber, ping, subscribe, drain, publisher } = await feedHub(t)
  await subscribe(publisher.topic('/other'), subscriber.callback('/other'))
  await drain()
  const broken = atom('c', 'a', 'b').replace('</feed>', '')
  publisher.publishes('/other', atom('o'), { type })
  await ping(publisher.topic('/other'))
  await publish(broken)
  await publish(atom('d', 'a', 'b'))
  await publish(atom('e', 'd', 'a', 'b'))
  assert.deepEqual(received(), [broken, atom('d', 'a', 'b'), atom('e')])
  assert.equal(subscriber.deliveries({ path: '/other' }).length, 1)
})

test('DIFF-10: a feed that names entities has none of them loaded or expanded', async (t) => {
  const { publish, received, publisher } = await feedHub(t)
  const entity = publisher.topic('/entity')
  const hostile = atom('&x;', 'a').replace('<feed', `<!DOCTYPE feed [<!ENTITY x SYSTEM "${entity}">]>\n<feed`)
  await publish(hostile)
  await publish(hostile.replace('SYSTEM', 'PUBLIC "x"'))
  assert.equal(received().length, 2)
  assert.equal(received()[0], hostile)
  assert.deepEqual(publisher.fetches('/entity'), [])
})

test('DIFF-01: HTML is delivered whole, and JSON Feed unless its subscriber asked', async (t) => {
  const { publish, received, subscribe, subscriber, topic, drain } = await feedHub(t)
  await subscribe(topic, subscriber.callback('/asked'), { 'fanfare.feed_delivery': 'new-entries' })
  await drain()
  const as = 'application/feed+json'
  await publish(json('a'), { as })
  await publish(json('b', 'a'), { as })
  assert.deepEqual(received(), [json('a'), json('b', 'a')])
  assert.deepEqual(received('/asked'), [json('b')])
  const page = (text: string) => `<!doctype html><title>${text}</title>`
  await publish(page('one'), { as: 'text/html' })
  await publish(page('two'), { as: 'text/html' })
  assert.deepEqual(received('/asked').slice(1), [page('one'), page('two')])
})

test("DIFF-13: a subscription's word goes before the topic's, and that before the hub's", async (t) => {
  const { publish, received, subscribe, subscriber, topic, drain, database } = await feedHub(t)
  const paths = ['/full', '/new', '/silent']
  const asked = { '/full': { 'fanfare.feed_delivery': 'full' }, '/new': { 'fanfare.feed_delivery': 'new-entries' } }
  for (const path of paths) await subscribe(topic, subscriber.callback(path), asked[path as keyof typeof asked])
  await drain()
  await publish(atom('c', 'a', 'b'))
  await publish(atom('d', 'c', 'a', 'b'))
  assert.deepEqual(
    paths.map((path) => received(path)),
    [[atom('d', 'c', 'a', 'b')], [atom('d')], [atom('d')]],
  )
  await database.db.updateTable('topic').set({ feed_delivery: 'full' }).execute()
  await publish(atom('e', 'd', 'c', 'a'))
  assert.deepEqual(
    paths.map((path) => received(path)[1]),
    [atom('e', 'd', 'c', 'a'), atom('e'), atom('e', 'd', 'c', 'a')],
  )
  assert.equal(received().at(-1), atom('e', 'd', 'c', 'a'))
})

test("SUB-20: the subscriber's newest request decides how feeds come, and the hub's own renewal changes nothing", async (t) => {
  const { publish, received, subscribe, subscriber, topic, drain, world } = await feedHub(t, {
    environment: { LEASE_SECONDS_DEFAULT: '1000' },
  })
  await subscribe(topic, subscriber.callback(), { 'fanfare.feed_delivery': 'new-entries' })
  await drain()
  await publish(atom('c', 'a', 'b'))
  const verifications = subscriber.verifications().length
  world.advance({ seconds: 600 })
  await drain()
  await drain()
  assert.ok(subscriber.verifications().length > verifications)
  await publish(atom('d', 'c', 'a', 'b'))
  await subscribe(topic, subscriber.callback())
  await drain()
  await publish(atom('e', 'd', 'c', 'a'))
  assert.deepEqual(received(), [atom('c'), atom('d'), atom('e', 'd', 'c', 'a')])
})

test('a way of feed delivery that is none is refused in a sentence that says what would be right', async (t) => {
  const { subscribe, subscriber, publisher } = await wholeHub(t)
  const answer = await subscribe(publisher.topic('/feed'), subscriber.callback(), { 'fanfare.feed_delivery': 'diff' })
  assert.equal(answer.status, 400)
  assert.match(await answer.text(), /^fanfare\.feed_delivery must be full or new-entries\./)
})

/** A feed of entries; an entry's first word is its id. */
function atom(...entries: readonly string[]): string {
  const written = entries.map((text) => `\n<entry><id>urn:${text.split(' ')[0]}</id><title>${text}</title></entry>`)
  return `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>A feed</title>${written.join('')}\n</feed>\n`
}

function json(...items: readonly string[]): string {
  const written = items.map((id) => JSON.stringify({ id, content_text: id }))
  return `{"version":"https://jsonfeed.org/version/1.1","title":"A feed","items":[${written.join(',')}]}`
}

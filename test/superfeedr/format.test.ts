import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { wholeHub } from '../support/hub.ts'
import { type JsonEntries, keyedUser } from '../support/superfeedr.ts'

const rss = (...ids: readonly string[]) =>
  `<rss version="2.0"><channel><title>R</title>${ids.map((id) => `<item><guid>${id}</guid><title>${id}!</title></item>`).join('')}</channel></rss>`

test('SF-13: who asked for JSON is notified in JSON of what is new, signed over the JSON; the others get the feed as it is', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  const { subscriber } = hub
  const secret = 'a secret'
  await user.subscribe(topic, subscriber.callback('/json'), { format: 'json', 'hub.secret': secret })
  await user.subscribe(topic, subscriber.callback('/atom'), { format: 'atom' })
  await user.subscribe(topic, subscriber.callback('/accept'), {})
  await user.post(
    { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': subscriber.callback('/header') },
    { Accept: 'application/json' },
  )
  const parameters = { format: 'json' } // Of another hub's, perhaps: without a key it is not ours.
  await hub.subscribe(topic, subscriber.callback('/plain'), parameters)
  await hub.drain()
  for (const ids of [['1'], ['3', '2', '1']]) {
    hub.publisher.publishes('/f', rss(...ids), { type: 'application/rss+xml' })
    await hub.ping(topic)
    await hub.drain()
  }
  const at = (path: string) => subscriber.deliveries({ path })
  const told = (path: string) => at(path).map(({ text }) => (JSON.parse(text) as JsonEntries).items.map(({ id }) => id))
  assert.deepEqual(told('/json'), [['1'], ['3', '2']])
  assert.deepEqual(told('/header'), [['1'], ['3', '2']])
  const [, second] = at('/json')
  assert.equal(second?.header('content-type'), 'application/json')
  const signature = `sha1=${createHmac('sha1', secret)
    .update(second?.body ?? '')
    .digest('hex')}`
  assert.equal(second?.header('x-hub-signature'), signature)
  assert.match(second?.header('link') ?? '', /rel="self"/)
  assert.match(
    at('/atom')[1]?.text ?? '',
    /<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom">.*<id>3<\/id>.*<id>2<\/id>/s,
  )
  for (const path of ['/plain', '/accept']) {
    assert.deepEqual(
      at(path).map(({ text }) => text),
      [rss('1'), rss('3', '2', '1')],
      path,
    )
    assert.equal(at(path)[0]?.header('content-type'), 'application/rss+xml')
  }
})

test('SF-13: status.feed is what was subscribed to, whatever the feed calls itself', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  await user.subscribe(topic, hub.subscriber.callback(), { format: 'json' })
  await hub.drain()
  hub.publisher.publishes('/f', rss('1'), { type: 'application/rss+xml', self: 'https://elsewhere.example/feed' })
  await hub.ping(topic)
  await hub.drain()
  const [told] = hub.subscriber.deliveries()
  assert.equal(JSON.parse(told?.text ?? '{}').status.feed, topic)
  assert.match(told?.header('link') ?? '', /<https:\/\/elsewhere\.example\/feed>; rel="self"/)
})

test('SF-13: what is no feed goes out as it is, also to who asked for JSON', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/page')
  await user.subscribe(topic, hub.subscriber.callback(), { format: 'json' })
  hub.publisher.publishes('/page', '<p>no feed', { type: 'text/html' })
  await hub.ping(topic)
  await hub.drain()
  const [only] = hub.subscriber.deliveries()
  assert.deepEqual([only?.text, only?.header('content-type')], ['<p>no feed', 'text/html'])
})

test('SF-02 SF-13: a format lasts through retries and renewals, and until its owner asks for another', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  const callback = hub.subscriber.callback()
  await user.subscribe(topic, callback, { format: 'json', 'fanfare.feed_delivery': 'full' })
  hub.subscriber.answersNext({ status: 500 })
  const publish = async (...ids: readonly string[]) => {
    hub.publisher.publishes('/f', rss(...ids), { type: 'application/rss+xml' })
    await hub.ping(topic)
    await hub.drain()
  }
  await publish('1')
  hub.world.advance({ minutes: 1 })
  await hub.drain()
  hub.world.advance({ days: 9, hours: 23 })
  await hub.drain()
  await hub.subscribe(topic, callback) // Somebody without a key; the callback agrees.
  await hub.drain()
  await publish('2', '1')
  await user.subscribe(topic, callback)
  await publish('3', '2')
  const types = hub.subscriber.deliveries().map((seen) => seen.header('content-type'))
  assert.deepEqual(types, [...Array(3).fill('application/json'), 'application/rss+xml'])
  assert.equal(hub.subscriber.received[0], hub.subscriber.received[1])
})

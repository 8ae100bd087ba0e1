import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wholeHub } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { openEvents, openSocket, streamUrl } from './setup.ts'

test('SEC-10: beyond STREAMS_MAX a stream is refused with 503 and a time, until one ends', async (t) => {
  const hub = await wholeHub(t, { environment: { STREAMS_MAX: '2' } })
  const url = streamUrl(hub.url, hub.publisher.topic('/page'))
  const first = await openEvents(t, url)
  await openSocket(t, url)
  const refused = await openEvents(t, url)
  assert.equal(refused.status, 503)
  await refused.until(() => refused.ended, 'the sentence')
  assert.equal(refused.text, 'This hub has as many streams open as it can: try again later.\n')
  assert.match(refused.headers['retry-after'] ?? '', /^\d+$/)
  assert.equal(hub.hub.readings.streamsOpen(), 2)
  first.close()
  await until(() => hub.hub.readings.streamsOpen() === 1, 'the end of one')
  assert.equal((await openEvents(t, url)).status, 200)
  assert.equal((await fetch(hub.url)).status, 200, 'what is no stream is served all the while')
})

test('SEC-10: of one address only so many, behind a proxy too; long polls count', async (t) => {
  const environment = { STREAMS_PER_ADDRESS_MAX: '1', TRUSTED_PROXIES: '127.0.0.1', HUB_URL: 'http://hub.example/' }
  const hub = await wholeHub(t, { environment })
  const topic = hub.publisher.topic('/page')
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })
  const polling = fetch(streamUrl(hub.url, topic, { wait: '1' }), from('203.0.113.7'))
  await until(() => hub.hub.readings.streamsOpen() > 0, 'the first')
  assert.equal((await openEvents(t, streamUrl(hub.url, topic), from('203.0.113.7'))).status, 429)
  assert.equal((await openEvents(t, streamUrl(hub.url, topic), from('203.0.113.8'))).status, 200)
  assert.equal((await polling).status, 204)
  await until(() => hub.hub.readings.streamsOpen() === 1, 'the end of the others')
  assert.equal((await openEvents(t, streamUrl(hub.url, topic), from('203.0.113.7'))).status, 200)
})

test('SEC-08: streams begun count against the rate of their address', async (t) => {
  const hub = await wholeHub(t, { environment: { RATE_SUBSCRIBE: '2/1h' } })
  const ask = () => fetch(streamUrl(hub.url, hub.publisher.topic('/page'), { wait: '0' }))
  assert.deepEqual(
    (await Promise.all([ask(), ask()])).map(({ status }) => status),
    [204, 204],
  )
  const refused = await ask()
  assert.deepEqual([refused.status, /^Too many streams begun/.test(await refused.text())], [429, true])
})

test('SEC-08: topics nobody knows are made by streams at a bounded rate, those that are known are read on', async (t) => {
  const hub = await wholeHub(t, { environment: { STREAMS_PER_ADDRESS_MAX: '1000' } })
  const ask = (path: string) => fetch(streamUrl(hub.url, hub.publisher.topic(path), { wait: '0' }))
  await ask('/known')
  const statuses = (await Promise.all(Array.from({ length: 150 }, (_, at) => ask(`/${at}`)))).map(
    ({ status }) => status,
  )
  const made = (await hub.database.db.selectFrom('topic').select('id').execute()).length
  assert.ok(made <= 120, `${made} topics made`)
  assert.equal(statuses.filter((status) => status === 429).length, 151 - made)
  assert.equal((await ask('/known')).status, 204)
})

test('SEC-08: opening streams makes the hub fetch no more than pings of unknown topics would', async (t) => {
  const hub = await wholeHub(t)
  const ask = (at: number) => fetch(streamUrl(hub.url, hub.publisher.topic(`/${at}`), { wait: '0', newest: 'true' }))
  await Promise.all(Array.from({ length: 70 }, (_, at) => ask(at)))
  await hub.drain()
  assert.ok(hub.publisher.requests.length <= 61, `${hub.publisher.requests.length} fetches`)
})

test('a hub with registered topics has streams of those alone', async (t) => {
  const environment = { TOPIC_POLICY: 'registered', TOPICS_REGISTERED: 'https://publisher.example/*' }
  const hub = await wholeHub(t, { environment })
  const registered = await openEvents(t, streamUrl(hub.url, 'https://publisher.example/feed'))
  assert.equal(registered.status, 200)
  const refused = await fetch(streamUrl(hub.url, 'https://other.example/feed'))
  assert.deepEqual([refused.status, /^topic is none that this hub serves/.test(await refused.text())], [403, true])
  assert.equal((await hub.database.db.selectFrom('topic').select('id').execute()).length, 1)
})

test('VAL-05 VAL-06: where topics are asked whether they name this hub, those that do not have no streams', async (t) => {
  const hub = await wholeHub(t, { environment: { TOPIC_STRICT: 'on' } })
  const { publisher } = hub
  publisher.publishes('/ours', `${'x'.repeat(1_000_000)}`)
  publisher.publishes('/of-another', 'content', { hubs: ['https://other-hub.example/'] })
  publisher.publishes('/alias', 'content', { self: publisher.topic('/ours') })
  const ask = (path: string) => fetch(streamUrl(hub.url, publisher.topic(path), { wait: '0' }))
  for (const path of ['/of-another', '/alias']) {
    const refused = await ask(path)
    assert.deepEqual([refused.status, /^The topic/.test(await refused.text())], [403, true])
  }
  for (const path of ['/ours', '/ours', '/away']) assert.equal((await ask(path)).status, 204)
  assert.equal(publisher.fetches('/ours').length, 1, 'asked once, however many read it')
})

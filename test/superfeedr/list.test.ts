import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wholeHub } from '../support/hub.ts'
import { keyedUser, listedIn } from '../support/superfeedr.ts'

test('SF-05: what is listed is listed as Superfeedr did, secrets to their owner alone', async (t) => {
  const hub = await wholeHub(t)
  const alice = await keyedUser(hub)
  const bob = await keyedUser(hub, { login: 'bob' })
  const topic = hub.publisher.topic('/f')
  hub.publisher.publishes('/f', '<rss version="2.0"><channel><title>A &amp; B</title></channel></rss>', {
    type: 'text/xml',
  })
  const fields = { 'hub.secret': 'my secret', format: 'json' }
  assert.equal((await alice.subscribe(topic, hub.subscriber.callback('/a?k=1'), fields)).status, 204)
  await bob.subscribe(topic, hub.subscriber.callback('/b'))
  await hub.ping(topic)
  await hub.drain()
  const answer = await alice.get({ 'hub.mode': 'list' })
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.deepEqual(await listedIn(answer), [
    {
      subscription: {
        format: 'json',
        endpoint: hub.subscriber.callback('/a?k=1'),
        secret: 'my secret',
        feed: { title: 'A & B', url: topic },
      },
    },
  ])
  const [detailed] = await listedIn(await bob.get({ 'hub.mode': 'list', detailed: 'true' }))
  assert.equal(detailed?.subscription.secret, null)
  assert.equal(Math.abs((detailed?.subscription.feed.status?.lastFetch ?? 0) - Date.now() / 1000) < 60, true)
})

test('SF-05: pages have twenty unless told, and hold each subscription once', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  for (let at = 0; at < 20; at++) await user.subscribe(hub.publisher.topic(`/${at}`), hub.subscriber.callback())
  await user.subscribe(hub.publisher.topic('/pulled'), '/dev/null')
  const urls = async (fields: Record<string, string>) =>
    (await listedIn(await user.get({ 'hub.mode': 'list', ...fields }))).map(({ subscription }) => subscription.feed.url)
  const [first, second, third] = [await urls({}), await urls({ page: '2' }), await urls({ page: '3' })]
  assert.deepEqual([first.length, second, third], [20, [hub.publisher.topic('/pulled')], []])
  assert.equal(new Set([...first, ...second]).size, 21)
  assert.deepEqual(await urls({ page: '2', by_page: '7' }), first.slice(7, 14))
})

test('SF-05: a search is written with brackets or dots, and finds by URL, by a part of it, by host and by format', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const other = 'https://Feeds.example:8443/News/50%25_off.xml'
  await user.subscribe(hub.publisher.topic('/blog'), hub.subscriber.callback('/one'), { format: 'json' })
  await user.subscribe(other, hub.subscriber.callback('/two'))
  await user.subscribe(other, 'https://calls.example/three', { format: 'atom' })
  const found = async (name: string, value: string) =>
    (await listedIn(await user.get({ 'hub.mode': 'list', [name]: value }))).map(
      ({ subscription }) => subscription.endpoint,
    )
  const [one, two, three] = [
    hub.subscriber.callback('/one'),
    hub.subscriber.callback('/two'),
    'https://calls.example/three',
  ]
  for (const [bracketed, dotted, value, expected] of [
    ['search[feed][url]', 'search.feed.url', hub.publisher.topic('/blog'), [one]],
    ['search[feed][url]', 'search.feed.url', hub.publisher.topic('/blo'), []],
    ['search[feed][inurl]', 'search.feed.inurl', 'NEWS/', [two, three]],
    ['search[feed][inurl]', 'search.feed.inurl', '0%2', [two, three]],
    ['search[feed][inurl]', 'search.feed.inurl', 'n_ws', []],
    ['search[feed][hostname]', 'search.feed.hostname', 'feeds.example', [two, three]],
    ['search[endpoint][url]', 'search.endpoint.url', two, [two]],
    ['search[endpoint][inurl]', 'search.endpoint.inurl', 'three', [three]],
    ['search[endpoint][hostname]', 'search.endpoint.hostname', 'calls.example', [three]],
    ['search[endpoint][hostname]', 'search.endpoint.hostname', 'example', []],
    ['search[format]', 'search.format', 'json', [one]],
    ['search[format]', 'search.format', 'atom', [three]],
  ] as const) {
    assert.deepEqual(await found(bracketed, value), expected, `${bracketed}=${value}`)
    assert.deepEqual(await found(dotted, value), expected, `${dotted}=${value}`)
  }
})

test('SF-05: what is no search, or asks for nothing, filters nothing', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  await user.subscribe(hub.publisher.topic('/blog'), hub.subscriber.callback())
  for (const fields of [{ research: 'a' }, { 'search[feed][title]': '' }, { 'search[feed][url]': '' }]) {
    assert.equal((await listedIn(await user.get({ 'hub.mode': 'list', ...fields }))).length, 1, JSON.stringify(fields))
  }
})

test('SF-09: this hub searches nothing, and says what to do instead', async (t) => {
  const hub = await wholeHub(t)
  const answer = await (await keyedUser(hub)).post({ 'hub.mode': 'search', query: 'cats' })
  assert.deepEqual(
    [answer.status, (await answer.text()).startsWith('This hub searches no feeds: subscribe')],
    [422, true],
  )
})

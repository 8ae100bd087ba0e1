import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revokeSubscriberKey } from '../../src/keys/subscriber-store.ts'
import { wholeHub } from '../support/hub.ts'
import { idsIn, keyedUser, listedIn } from '../support/superfeedr.ts'

const feed = (...ids: readonly string[]) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>F</title>${ids.map((id) => `<entry><id>${id}</id><title>${id}!</title></entry>`).join('')}</feed>`

test('SF-01: credentials are taken from the header or the parameter, and wrong ones are 401 whatever is asked', async (t) => {
  const hub = await wholeHub(t)
  const { credentials, login, secret } = await keyedUser(hub)
  const list = (headers: Record<string, string>, query = '') => fetch(`${hub.url}?hub.mode=list${query}`, { headers })
  assert.equal((await list({ Authorization: `Basic ${credentials}` })).status, 200)
  assert.equal((await list({ authorization: `basic ${credentials}` })).status, 200)
  assert.equal((await list({}, `&authorization=${encodeURIComponent(credentials)}`)).status, 200)
  assert.equal((await list({}, `&authorization=${encodeURIComponent(`Basic ${credentials}`)}`)).status, 200)

  const wrong = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  for (const headers of [
    {},
    wrong(`${login}:${secret}x`),
    wrong(`bob:${secret}`),
    wrong(secret),
    wrong('a\0:b'),
    { Authorization: 'Basic' },
  ]) {
    const answer = await list(headers as Record<string, string>)
    assert.equal(answer.status, 401)
    assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="fanfare"')
    assert.match(await answer.text(), /key/)
  }
  const asked = {
    'hub.mode': 'subscribe',
    'hub.topic': hub.publisher.topic('/t'),
    'hub.callback': hub.subscriber.callback(),
  }
  assert.equal((await hub.post(asked, wrong(`${login}:b`))).status, 401)
  assert.equal((await hub.post(asked, wrong("somebody else's:b"))).status, 202) // A plain subscription (SUB-26).
})

test('SF-01: a key does what it has the right to, until it is revoked', async (t) => {
  const hub = await wholeHub(t)
  const reader = await keyedUser(hub, { rights: ['list'] })
  const topic = hub.publisher.topic('/t')
  assert.equal((await reader.get({ 'hub.mode': 'list' })).status, 200)
  const refused = await reader.subscribe(topic, hub.subscriber.callback())
  assert.deepEqual([refused.status, await refused.text()], [403, 'This key may list, but not subscribe.\n'])
  assert.equal((await reader.get({ 'hub.mode': 'retrieve', 'hub.topic': topic })).status, 403)
  assert.equal((await reader.post({ 'hub.mode': 'unsubscribe', 'hub.topic': topic })).status, 403)
  await revokeSubscriberKey(hub.database.db, 1, { now: hub.world.now() })
  assert.equal((await reader.get({ 'hub.mode': 'list' })).status, 401)
})

test('SF-01: guesses from one address are bounded, right ones too', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const guess = () => hub.post({ 'hub.mode': 'list', authorization: Buffer.from('alice:guess').toString('base64') })
  for (let wrong = 0; wrong < 20; wrong++) assert.equal((await guess()).status, 401)
  const late = await guess()
  assert.deepEqual([late.status, late.headers.get('retry-after')], [429, '3'])
  assert.equal((await user.get({ 'hub.mode': 'list' })).status, 429)
  hub.world.advance({ minutes: 2 })
  assert.equal((await user.get({ 'hub.mode': 'list' })).status, 200)
})

test('SF-01: a client that cannot choose its method says which it means, and a link alone changes nothing', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const asked = {
    'hub.mode': 'subscribe',
    'hub.topic': hub.publisher.topic('/t'),
    'hub.callback': hub.subscriber.callback(),
  }
  assert.equal((await user.get(asked)).status, 405)
  assert.deepEqual(await (await user.get({ 'hub.mode': 'list' })).json(), [])
  assert.equal((await user.get(asked, { 'X-HTTP-Method-Override': 'POST' })).status, 204)
  const listed = await user.post({ 'hub.mode': 'list' }, { 'X-HTTP-Method-Override': 'GET' })
  assert.equal((await listedIn(listed)).length, 1)
})

test("SF-01: credentials that a browser sends along for another site's page are none", async (t) => {
  const hub = await wholeHub(t, { environment: { HUB_URL: 'https://hub.example/' } })
  const user = await keyedUser(hub)
  const asked = {
    'hub.mode': 'subscribe',
    'hub.topic': hub.publisher.topic('/t'),
    'hub.callback': hub.subscriber.callback(),
  }
  for (const foreign of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }, { Origin: 'null' }]) {
    assert.equal((await user.get({ 'hub.mode': 'list' }, { ...foreign })).status, 401)
    assert.equal((await user.post(asked, { ...foreign })).status, 202) // Plain: its callback is asked.
  }
  assert.deepEqual(await (await user.get({ 'hub.mode': 'list' })).json(), [])
  for (const own of [
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'same-origin' },
    { Origin: hub.url.slice(0, -1) },
  ]) {
    assert.equal((await user.get({ 'hub.mode': 'list' }, { ...own })).status, 200)
  }
})

test('SF-02: a subscription with a key begins at once, unasked, and delivers signed', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/t')
  assert.equal((await user.subscribe(topic, hub.subscriber.callback(), { 'hub.secret': 's' })).status, 204)
  hub.publisher.publishes('/t', 'first')
  await hub.ping(topic)
  await hub.drain()
  assert.deepEqual(hub.subscriber.received, ['first'])
  assert.match(hub.subscriber.deliveries()[0]?.header('x-hub-signature') ?? '', /^sha1=[0-9a-f]{40}$/)
  assert.equal(hub.subscriber.verifications().length, 0)
})

test('SF-02 SF-19: with hub.verify its callback is asked, and 422 says what it answered', async (t) => {
  const hub = await wholeHub(t, { running: true })
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/t')
  assert.equal((await user.subscribe(topic, hub.subscriber.callback('/a'), { 'hub.verify': 'async' })).status, 202)
  await hub.subscriber.until(() => hub.subscriber.verifications({ path: '/a' }).length === 1, 'the question')
  assert.equal((await user.subscribe(topic, hub.subscriber.callback('/b'), { 'hub.verify': 'sync' })).status, 204)
  assert.equal(hub.subscriber.verifications({ path: '/b' }).length, 1)
  hub.subscriber.verifies('refuse', { path: '/c' })
  const refused = await user.subscribe(topic, hub.subscriber.callback('/c'), { 'hub.verify': 'sync' })
  assert.deepEqual(
    [refused.status, await refused.text()],
    [422, 'The subscriber does not agree: the callback answered 404.\n'],
  )
  hub.subscriber.verifies('wrong', { path: '/d' })
  const wrong = await user.subscribe(topic, hub.subscriber.callback('/d'), { 'hub.verify': 'sync' })
  assert.deepEqual([wrong.status, /is not the hub\.challenge/.test(await wrong.text())], [422, true])
})

test('SUB-22 SF-02 SF-04: the newest word of an owner counts, over a question that is still to be asked too', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const [topic, other] = [hub.publisher.topic('/t'), hub.publisher.topic('/u')]
  const callback = hub.subscriber.callback()
  await user.subscribe(topic, callback, { 'hub.verify': 'async', 'hub.secret': 'old' })
  assert.equal((await user.subscribe(topic, callback, { 'hub.secret': 'new' })).status, 204)
  await user.subscribe(other, callback, { 'hub.verify': 'async' })
  assert.equal((await user.post({ 'hub.mode': 'unsubscribe', 'hub.topic': other })).status, 204)
  await hub.drain()
  assert.equal(hub.subscriber.verifications().length, 0)
  const listed = await listedIn(await user.get({ 'hub.mode': 'list' }))
  assert.deepEqual(
    listed.map(({ subscription }) => [subscription.feed.url, subscription.secret]),
    [[topic, 'new']],
  )
})

test('SF-02: retrieve=true answers with the content, which is not delivered once more', async (t) => {
  const hub = await wholeHub(t, { running: true })
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  hub.publisher.publishes('/f', feed('1', '2'), { type: 'application/atom+xml' })
  const plain = await user.subscribe(topic, hub.subscriber.callback('/plain'), { retrieve: 'true' })
  assert.deepEqual([plain.status, plain.headers.get('content-type')], [200, 'application/atom+xml'])
  assert.equal(await plain.text(), feed('1', '2'))
  const json = await user.subscribe(topic, '/dev/null', { retrieve: 'true', format: 'json' })
  assert.deepEqual([json.status, json.headers.get('content-type')], [200, 'application/json'])
  assert.deepEqual(await idsIn(json), ['1', '2'])
  hub.publisher.publishes('/f', feed('3'), { type: 'application/atom+xml' })
  await hub.ping(topic)
  await hub.subscriber.until(() => hub.subscriber.deliveries().length > 0, 'the delivery')
  assert.deepEqual(hub.subscriber.received, [feed('3')])
})

test('SF-19: a topic that cannot be had is 422 with what is wrong with it, and nothing is subscribed', async (t) => {
  const hub = await wholeHub(t, { running: true, environment: { TOPIC_STRICT: 'on' } })
  const user = await keyedUser(hub)
  const callback = hub.subscriber.callback()
  hub.publisher.publishes('/elsewhere', 'x', { hubs: ['https://other.example/'] })
  hub.publisher.publishes('/alias', 'x', { self: 'https://canonical.example/feed' })
  for (const [path, fields, sentence] of [
    ['/missing', { retrieve: 'true' }, /^hub\.topic could not be fetched/],
    ['/elsewhere', {}, /does not name this hub/],
    ['/alias', {}, /own URL is https:\/\/canonical\.example\/feed: subscribe to that/],
  ] as const) {
    const refused = await user.subscribe(hub.publisher.topic(path), callback, fields)
    assert.equal(refused.status, 422, path)
    assert.match(await refused.text(), sentence)
  }
  assert.deepEqual(await (await user.get({ 'hub.mode': 'list' })).json(), [])
})

test('SF-19: a topic that is not registered where it must be is 422, whatever the callback', async (t) => {
  const hub = await wholeHub(t, {
    environment: { TOPIC_POLICY: 'registered', TOPICS_REGISTERED: 'https://ours.example/*' },
  })
  const user = await keyedUser(hub)
  for (const callback of [hub.subscriber.callback(), '/dev/null']) {
    const refused = await user.subscribe(hub.publisher.topic('/t'), callback, { retrieve: 'true' })
    assert.equal(refused.status, 422)
    assert.match(await refused.text(), /^hub\.topic is none that this hub serves/)
    assert.equal((await user.subscribe('https://ours.example/feed', callback)).status, 204)
  }
  assert.equal((await listedIn(await user.get({ 'hub.mode': 'list' }))).length, 2)
  assert.equal(hub.publisher.requests.length, 0)
})

test("SF-02 SEC-18: nobody's key takes over what somebody else subscribed, unless the callback agrees", async (t) => {
  const hub = await wholeHub(t)
  const alice = await keyedUser(hub)
  const bob = await keyedUser(hub, { login: 'bob' })
  const topic = hub.publisher.topic('/t')
  const callback = hub.subscriber.callback()
  assert.equal((await alice.subscribe(topic, callback, { 'hub.secret': 'a' })).status, 204)
  const refused = await bob.subscribe(topic, callback, { 'hub.secret': 'b' })
  assert.equal(refused.status, 422)
  assert.match(
    await refused.text(),
    /^hub\.callback is subscribed to this topic by somebody else: send hub\.verify=sync/,
  )
  assert.equal(
    (await bob.post({ 'hub.mode': 'unsubscribe', 'hub.topic': topic, 'hub.callback': callback })).status,
    404,
  )
  assert.deepEqual(await (await bob.get({ 'hub.mode': 'list' })).json(), [])
  assert.equal((await alice.subscribe(topic, callback, { 'hub.secret': 'a2' })).status, 204)

  await hub.subscribe(topic, callback) // Without a key, and confirmed: it stays alice's.
  await hub.drain()
  assert.equal((await listedIn(await alice.get({ 'hub.mode': 'list' }))).length, 1)
  await bob.subscribe(topic, callback, { 'hub.verify': 'async' })
  await hub.drain()
  assert.equal((await listedIn(await bob.get({ 'hub.mode': 'list' }))).length, 1)
  assert.deepEqual(await (await alice.get({ 'hub.mode': 'list' })).json(), [])
})

test('LEASE-15 SF-02: what was subscribed unasked is renewed unasked while its owner has a key, and asked about after', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  await user.subscribe(hub.publisher.topic('/t'), hub.subscriber.callback())
  const leaseEnd = async () =>
    (await hub.database.db.selectFrom('subscription').select('lease_ends_at').executeTakeFirstOrThrow()).lease_ends_at
  const first = await leaseEnd()
  hub.world.advance({ days: 9, hours: 23 })
  await hub.drain()
  const second = await leaseEnd()
  assert.equal(second > first, true)
  assert.equal(hub.subscriber.verifications().length, 0)
  await revokeSubscriberKey(hub.database.db, 1, { now: hub.world.now() })
  hub.subscriber.verifies('refuse')
  hub.world.advance({ days: 9, hours: 23 })
  await hub.drain()
  await hub.drain() // What the renewal asked for.
  assert.equal(hub.subscriber.verifications().length, 1)
  assert.deepEqual(await leaseEnd(), second)
})

test('SF-03: with the callback /dev/null nothing is sent, and the topic is fetched and kept for whoever retrieves', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  hub.publisher.publishes('/f', feed('1'), { type: 'application/atom+xml' })
  assert.equal((await user.subscribe(topic, '/dev/null', { 'hub.secret': 's' })).status, 204)
  hub.world.advance({ hours: 1 })
  await hub.drain()
  await hub.ping(topic)
  await hub.drain()
  assert.equal(hub.subscriber.requests.length, 0)
  assert.deepEqual(await idsIn(await user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic, format: 'json' })), ['1'])
  assert.deepEqual(await (await user.get({ 'hub.mode': 'list' })).json(), [
    { subscription: { format: null, endpoint: '/dev/null', secret: 's', feed: { title: 'F', url: topic } } },
  ])
})

test('SF-03: a topic that is pulled is kept as long as its owner has a key, and a day longer', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  hub.publisher.publishes('/f', feed('1'), { type: 'application/atom+xml' })
  await user.subscribe(topic, '/dev/null')
  await hub.ping(topic)
  await hub.drain()
  const topics = async () => (await hub.database.db.selectFrom('topic').select('id').execute()).length
  hub.world.advance({ days: 40 })
  await hub.drain()
  assert.equal(await topics(), 1)
  assert.deepEqual(hub.recorded.of('dutyFailed'), [])
  await revokeSubscriberKey(hub.database.db, 1, { now: hub.world.now() })
  hub.world.advance({ hours: 23 })
  await hub.drain()
  assert.equal(await topics(), 1)
  hub.world.advance({ hours: 2 })
  await hub.drain()
  hub.world.advance({ minutes: 2 })
  await hub.drain()
  assert.equal(await topics(), 0)
})

test('SF-15 A-09: a topic that is a part of a page is refused with the reason', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const refused = await user.subscribe(`${hub.publisher.topic('/t')}#.price`, hub.subscriber.callback())
  assert.deepEqual([refused.status, /^hub\.topic must not have a fragment/.test(await refused.text())], [400, true])
})

test('SF-04: the callback need not be named where there is only one, and what is none of its own is 404', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/t')
  const leave = (fields: Record<string, string> = {}) =>
    user.post({ 'hub.mode': 'unsubscribe', 'hub.topic': topic, ...fields })
  const none = await leave()
  assert.deepEqual([none.status, await none.text()], [404, 'hub.topic names nothing that you are subscribed to.\n'])
  await user.subscribe(topic, hub.subscriber.callback('/a'))
  await user.subscribe(topic, hub.subscriber.callback('/b'))
  const several = await leave()
  assert.equal(several.status, 422)
  assert.match(await several.text(), /^hub\.callback is missing, and you have several subscriptions/)
  assert.equal((await leave({ 'hub.callback': hub.subscriber.callback('/a') })).status, 204)
  hub.publisher.publishes('/t', 'x')
  await hub.ping(topic)
  await hub.drain()
  assert.deepEqual(
    hub.subscriber.deliveries().map(({ path }) => path),
    ['/b'],
  )
  assert.equal((await leave()).status, 204)
  await user.subscribe(topic, '/dev/null')
  assert.equal((await leave()).status, 204)
  assert.equal((await leave()).status, 404)
})

test('what is asked for wrongly is told with what would be right', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/t')
  for (const [fields, status, sentence] of [
    [{ 'hub.mode': 'subscribe', 'hub.topic': topic }, 400, /^hub\.callback is missing/],
    [{ 'hub.mode': 'subscribe', 'hub.callback': '/dev/null' }, 422, /^hub\.topic is missing/],
    [
      { 'hub.mode': 'subscribe', 'hub.topic': `${topic}#.price`, 'hub.callback': '/dev/null' },
      400,
      /must not have a fragment/,
    ],
    [
      { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': '/dev/null', format: 'xml' },
      422,
      /^format must be json or atom/,
    ],
    [
      { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': '/dev/null', retrieve: 'maybe' },
      422,
      /^retrieve must be true or false/,
    ],
    [{ 'hub.mode': 'unsubscribe' }, 422, /^hub\.topic is missing/],
    [{ 'hub.mode': 'search', query: 'cats' }, 422, /searches no feeds/],
    [{ 'hub.mode': 'list', page: '0' }, 422, /^page must be a whole number from 1/],
    [{ 'hub.mode': 'list', by_page: '501' }, 422, /^by_page must be a whole number from 1 to 500/],
    [{ 'hub.mode': 'list', 'search[feed][velocity]': '3' }, 422, /ranks no feeds/],
    [{ 'hub.mode': 'list', 'search[feed][url]': 'a\0' }, 422, /NUL/],
    [{ 'hub.mode': 'list', 'search[feed][title]': 'a' }, 422, /^search\[feed\]\[title\] is not known here: use search/],
    [{ 'hub.mode': 'list', 'search.endpoint.format': 'json' }, 422, /^search\.endpoint\.format is not known/],
    [{ 'hub.mode': 'list', 'search[feed].url': 'a' }, 422, /^search\[feed\]\.url is not known here/],
    [{ 'hub.mode': 'list', search: 'example' }, 422, /^search is not known here/],
    [{ 'hub.mode': 'list', 'search[': 'a' }, 422, /^search\[ is not known here/],
    [{ 'hub.mode': 'list', 'search[format]': 'xml' }, 422, /^search\[format\] must be json or atom/],
  ] as const) {
    const refused = await user.post(fields as Record<string, string>)
    assert.equal(refused.status, status, JSON.stringify(fields))
    assert.match(await refused.text(), sentence)
  }
})

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { openEvents } from '../streams/setup.ts'
import { wholeHub } from '../support/hub.ts'
import { entriesIn, idsIn, keyedUser } from '../support/superfeedr.ts'

const entry = (id: string) =>
  `<entry><id>${id}</id><title>${id}</title><updated>2026-11-2${id}T00:00:00Z</updated></entry>`
const atom = (...ids: readonly string[]) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>F</title>${ids.map(entry).join('')}</feed>`

/** A user who pulls a feed that has published three times, the oldest entries gone from it meanwhile. */
async function withPast(t: TestContext) {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/f')
  await user.subscribe(topic, '/dev/null')
  for (const ids of [
    ['2', '1'],
    ['4', '3', '2'],
    ['5', '4'],
  ]) {
    hub.publisher.publishes('/f', atom(...ids), { type: 'application/atom+xml' })
    await hub.ping(topic)
    await hub.drain()
  }
  const retrieve = (fields: Readonly<Record<string, string>> = {}) =>
    user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic, format: 'json', ...fields })
  return { hub, user, topic, retrieve }
}

test('SF-06: past entries come newest first, each once, as far back as publications are kept', async (t) => {
  const { retrieve } = await withPast(t)
  assert.deepEqual(await idsIn(await retrieve()), ['5', '4', '3', '2', '1'])
  assert.deepEqual(await idsIn(await retrieve({ count: '3' })), ['5', '4', '3'])
  assert.deepEqual(await idsIn(await retrieve({ after: '3' })), ['5', '4'])
  assert.deepEqual(await idsIn(await retrieve({ before: '4' })), ['3', '2', '1'])
  assert.deepEqual(await idsIn(await retrieve({ before: '4', count: '1' })), ['3'])
  assert.deepEqual(await idsIn(await retrieve({ before: '5', after: '2' })), ['4', '3'])
  assert.deepEqual(await idsIn(await retrieve({ after: '5' })), [])
  assert.deepEqual(await idsIn(await retrieve({ before: '2', after: '4' })), [])
})

// It was the feed's own <updated>, of half a year ago maybe: whoever watches whether the hub still fetches took it for dead.
test('SF-06 SF-13: lastFetch is when the newest content came, whatever the feed says of itself', async (t) => {
  const { hub, user, topic, retrieve } = await withPast(t)
  const dated = atom('6').replace('<id>urn:f', '<updated>2026-01-01T00:00:00Z</updated><id>urn:f')
  hub.publisher.publishes('/f', dated, { type: 'application/atom+xml' })
  await hub.ping(topic)
  await hub.drain()
  const cameAt = Math.floor(hub.world.now().getTime() / 1000)
  hub.world.advance({ hours: 1 })
  const byCallback = await user.get({ 'hub.mode': 'retrieve', 'hub.callback': '/dev/null', format: 'json' })
  for (const answer of [await retrieve(), byCallback]) {
    const { status } = (await answer.json()) as { status: { lastFetch: number; lastParse: number } }
    assert.deepEqual([status.lastFetch, status.lastParse], [cameAt, cameAt])
  }
})

test('SF-06: as Atom unless told, and as a script for whoever shows the key as a parameter', async (t) => {
  const { hub, user, topic, retrieve } = await withPast(t)
  const atomAnswer = await user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic, count: '1' })
  assert.equal(atomAnswer.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
  assert.match(await atomAnswer.text(), /<entry>\s*<id>5<\/id>/)
  assert.equal((await retrieve({ count: '1' })).headers.get('content-type'), 'application/json')
  const accepting = await user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic }, { Accept: 'application/json' })
  assert.deepEqual(await idsIn(accepting), ['5', '4', '3', '2', '1'])

  const asked = { 'hub.mode': 'retrieve', 'hub.topic': topic, count: '1', callback: 'app.entries' }
  const script = await fetch(`${hub.url}?${new URLSearchParams({ ...asked, authorization: user.credentials })}`)
  assert.equal(script.headers.get('content-type'), 'application/javascript; charset=utf-8')
  assert.match(await script.text(), /^\/\*\*\/app\.entries\(\{"status":.*\}\);$/s)
  const byHeader = await user.get(asked)
  assert.deepEqual([byHeader.status, /^callback \(JSONP\)/.test(await byHeader.text())], [422, true])
})

test('SF-06: what nobody subscribed to is 404, for somebody else too', async (t) => {
  const { hub, topic, retrieve } = await withPast(t)
  assert.equal((await retrieve({ 'hub.topic': hub.publisher.topic('/other') })).status, 404)
  const bob = await keyedUser(hub, { login: 'bob' })
  const refused = await bob.get({ 'hub.mode': 'retrieve', 'hub.topic': topic })
  assert.deepEqual(
    [refused.status, await refused.text()],
    [404, 'hub.topic names nothing that you are subscribed to.\n'],
  )
  assert.equal((await bob.get({ 'hub.mode': 'retrieve', 'hub.callback': hub.subscriber.callback() })).status, 404)
})

test('SF-06: a callback named instead of a topic gets the newest of all its topics', async (t) => {
  const { hub, user, topic } = await withPast(t)
  const callback = hub.subscriber.callback()
  await user.subscribe(topic, callback)
  await user.subscribe(hub.publisher.topic('/g'), callback)
  hub.publisher.publishes('/g', atom('9', '3'), { type: 'application/atom+xml' })
  await hub.ping(hub.publisher.topic('/g'))
  await hub.drain()
  const wanted = { 'hub.mode': 'retrieve', 'hub.callback': callback, format: 'json' }
  assert.deepEqual(await idsIn(await user.get(wanted)), ['9', '5', '4', '3'])
  assert.deepEqual(await idsIn(await user.get({ ...wanted, 'hub.callback': '/dev/null' })), ['5', '4'])
})

test('SF-06: of what is no feed, each publication is an entry whose id is its number', async (t) => {
  const hub = await wholeHub(t)
  const user = await keyedUser(hub)
  const topic = 'https://example.org/facts'
  const { secret } = await createKey(hub.database.db, {
    pattern: parsePattern('https://example.org', '--topic'),
    delivery: null,
    now: hub.world.now(),
  })
  await user.subscribe(topic, '/dev/null')
  for (const body of ['{"fact":1}', '{"fact":2}']) {
    const headers = {
      'Content-Type': 'application/json',
      Link: `<${topic}>; rel="self"`,
      Authorization: `Bearer ${secret}`,
    }
    assert.equal((await fetch(hub.url, { method: 'POST', body, headers })).status, 202)
  }
  const { items } = await entriesIn(await user.get({ 'hub.mode': 'retrieve', 'hub.topic': topic, format: 'json' }))
  assert.deepEqual(
    items.map(({ id, content }) => [id, content]),
    [
      ['2', '{"fact":2}'],
      ['1', '{"fact":1}'],
    ],
  )
})

test('SF-06: bad bounds and names are told with what would be right', async (t) => {
  const { user, retrieve } = await withPast(t)
  for (const [fields, sentence] of [
    [{ count: '51' }, /^count must be a whole number from 1 to 50\./],
    [{ count: '0' }, /^count must be/],
    [{ count: 'ten' }, /^count must be/],
    [{ before: 'gone' }, /^before must be the id of an entry that is still kept\./],
    [{ after: 'gone' }, /^after must be the id/],
    [{ format: 'rss' }, /^format must be json or atom\./],
    [{ callback: 'alert(1)//' }, /^callback must be the name of a JavaScript function/],
    [{ callback: 'a', format: 'atom' }, /^callback calls a function with JSON/],
    [{ 'hub.topic': '' }, /^hub\.topic is missing/],
  ] as const) {
    const refused = await retrieve(fields as Readonly<Record<string, string>>)
    assert.equal(refused.status, 422, JSON.stringify(fields))
    assert.match(await refused.text(), sentence)
  }
  assert.equal((await user.get({ 'hub.mode': 'retrieve', 'hub.topic': 'ftp://x/' })).status, 400)
})

test('SF-08: with wait, a retrieve is a stream or a long poll of the topic', async (t) => {
  const { hub, user, topic } = await withPast(t)
  const asked = (fields: Record<string, string>) =>
    `${hub.url}?${new URLSearchParams({ 'hub.mode': 'retrieve', 'hub.topic': topic, ...fields })}`
  const headers = { Authorization: `Basic ${user.credentials}`, Accept: 'text/event-stream' }
  const client = await openEvents(t, asked({ wait: 'stream' }), { headers })
  assert.deepEqual([client.status, client.headers['content-type']], [200, 'text/event-stream'])
  hub.publisher.publishes('/f', atom('6', '5'), { type: 'application/atom+xml' })
  await hub.ping(topic)
  await hub.drain()
  await client.until(() => client.events.length > 0, 'the notification')
  assert.equal(client.events[0]?.event, 'notification')
  const polled = await fetch(asked({ wait: 'poll', after: '0' }), { headers })
  assert.deepEqual([polled.status, await polled.text()], [200, atom('6', '5')])
  client.close()

  const bob = await keyedUser(hub, { login: 'bob' })
  assert.equal((await fetch(asked({ wait: 'poll' }))).status, 401)
  const strange = await fetch(asked({ wait: 'poll' }), { headers: { Authorization: `Basic ${bob.credentials}` } })
  assert.equal(strange.status, 404)
})

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { type WholeHub, wholeHub } from '../support/hub.ts'

const content =
  '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>é & co</title></feed>'.replace(
    '&',
    '&amp;',
  )

async function publisherKey({ database, world, publisher }: WholeHub): Promise<string> {
  const pattern = parsePattern(publisher.origin, '--topic')
  return (await createKey(database.db, { pattern, delivery: null, now: world.now() })).secret
}

const hmac = (algorithm: string, key: string, text: string) => createHmac(algorithm, key).update(text).digest('hex')

test('SF-17: content in a ping is published where a key proves it, however the key is shown, and nothing is fetched', async (t) => {
  const hub = await wholeHub(t)
  const secret = await publisherKey(hub)
  const topic = hub.publisher.topic('/f')
  await hub.subscribe(topic, hub.subscriber.callback())
  await hub.drain()
  const basic = Buffer.from(`publisher:${secret}`).toString('base64')
  const ping = { 'hub.mode': 'publish', 'hub.url': topic }
  for (const [fields, headers] of [
    [{ 'hub.signature': `sha1=${hmac('sha1', secret, `${content}1`)}` }, { Authorization: `Bearer ${secret}` }],
    [{ 'hub.signature': hmac('sha1', secret, `${content}2`) }, { Authorization: `Basic ${basic}` }],
    [{ 'hub.signature': `sha256=${hmac('sha256', secret, `${content}3`)}`, authorization: basic }, {}],
    [{}, { Authorization: `Bearer ${secret}` }],
  ] as const) {
    const sent = `${content}${hub.subscriber.received.length + 1}`
    const answer = await hub.post({ ...ping, 'hub.content': sent, ...fields }, { ...headers })
    assert.equal(answer.status, 204)
    await hub.drain()
    assert.equal(hub.subscriber.received.at(-1), sent)
  }
  const [first] = hub.subscriber.deliveries()
  assert.equal(first?.header('content-type'), 'application/atom+xml; charset=utf-8')
  assert.equal(hub.publisher.requests.length, 0)
})

test('SF-17: what no key proves is not delivered, and the answer says what would be right', async (t) => {
  const hub = await wholeHub(t)
  const secret = await publisherKey(hub)
  const topic = hub.publisher.topic('/f')
  await hub.subscribe(topic, hub.subscriber.callback())
  await hub.drain()
  const shown = { Authorization: `Bearer ${secret}` }
  const ping = { 'hub.mode': 'publish', 'hub.url': topic, 'hub.content': content }
  for (const [fields, headers, status, sentence] of [
    [ping, {}, 401, /^hub\.content is taken from those who have a key/],
    [ping, { Authorization: 'Bearer fanfare_wrong' }, 401, /knows no such key/],
    [{ ...ping, 'hub.url': 'https://elsewhere.example/f' }, shown, 403, /does not cover the topic/],
    [
      { ...ping, 'hub.signature': `sha1=${hmac('sha1', 'another', content)}` },
      shown,
      403,
      /^hub\.signature is not the HMAC/,
    ],
    [{ ...ping, 'hub.signature': 'sha1=' }, shown, 403, /^hub\.signature is not/],
    [{ ...ping, 'hub.signature': `md5=${hmac('md5', secret, content)}` }, shown, 403, /^hub\.signature is not/],
    [{ ...ping, 'hub.topic': hub.publisher.topic('/g') }, shown, 400, /^hub\.content is of one topic/],
  ] as const) {
    const refused = await hub.post(fields, { ...headers })
    assert.equal(refused.status, status)
    assert.match(await refused.text(), sentence)
  }
  await hub.drain()
  assert.deepEqual(hub.subscriber.received, [])
})

test('SF-16 SF-17: a form says nothing of the type, so the content does; without content a ping is a ping', async (t) => {
  const hub = await wholeHub(t)
  const secret = await publisherKey(hub)
  const types = new Map<string, string | undefined>()
  for (const [path, sent] of [
    ['/rss', '<rss version="2.0"><channel/></rss>'],
    ['/prefixed', '<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>'],
    ['/xml', '<?xml version="1.0"?><other/>'],
    ['/html', '<p>page'],
    ['/json', '{"a":1}'],
    ['/text', 'words'],
  ] as const) {
    await hub.subscribe(hub.publisher.topic(path), hub.subscriber.callback(path))
    await hub.drain()
    const fields = { 'hub.mode': 'publish', 'hub.topic': hub.publisher.topic(path), 'hub.content': sent }
    assert.equal((await hub.post(fields, { Authorization: `Bearer ${secret}` })).status, 204)
    await hub.drain()
    types.set(path, hub.subscriber.deliveries({ path })[0]?.header('content-type')?.replace('; charset=utf-8', ''))
  }
  assert.deepEqual(Object.fromEntries(types), {
    '/rss': 'application/rss+xml',
    '/prefixed': 'application/atom+xml',
    '/xml': 'application/xml',
    '/html': 'text/html',
    '/json': 'application/json',
    '/text': 'text/plain',
  })
  const empty = { 'hub.mode': 'publish', 'hub.url': hub.publisher.topic('/text'), 'hub.content': '' }
  assert.equal((await hub.post(empty)).status, 204)
  await hub.drain()
  assert.equal(hub.publisher.fetches('/text').length, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { testDatabase } from '../support/postgres.ts'
import { callback, startInbound, subscription, topic } from './setup.ts'

const publish = `hub.mode=publish&hub.url=${topic}`

test('SEC-12: NUL, line breaks and bytes that are not UTF-8 are answered 400 that names the parameter', async (t) => {
  const inbound = await startInbound(t)
  const wrong: [string, RegExp][] = [
    [`hub.mode=publish&hub.url=${topic}%00`, /hub\.url .*NUL/],
    [`hub.mode=publish&hub.url=${topic}%FF`, /hub\.url .*UTF-8/],
    [`hub.mode=publish&hub.url=${topic}%ED%A0%80`, /hub\.url .*UTF-8/],
    [`hub.mode=publish&hub.url=${topic}%0d%0aX:1`, /hub\.url .*control characters/],
    [`hub.mode=publish&hub.url=${topic}&hub.topic=%C0%80`, /hub\.topic .*UTF-8/],
    [`hub.mode=subscribe&hub.topic=${topic}&hub.callback=${callback}%00`, /hub\.callback .*NUL/],
    [
      `hub.mode=subscribe&hub.topic=${topic}&hub.callback=${encodeURIComponent(callback)}&hub.secret=%FE`,
      /hub\.secret .*UTF-8/,
    ],
    ['hub.mode=%00', /hub\.mode .*NUL/],
  ]
  for (const [body, sentence] of wrong) {
    const response = await inbound.post(body)
    assert.equal(response.status, 400, body)
    assert.match(await response.text(), sentence)
  }
  assert.deepEqual([inbound.requested, inbound.noted], [[], []])
})

test('SEC-12: raw bytes that are not UTF-8 are refused in the body, in the query and in multipart', async (t) => {
  const inbound = await startInbound(t)
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const raw = Buffer.from(`${publish}\xff`, 'latin1')
  assert.equal((await fetch(inbound.url, { method: 'POST', body: raw, headers: type })).status, 400)
  assert.equal((await fetch(`${inbound.url}/?${publish}%FF`, { method: 'POST' })).status, 400)
  const part = (name: string, value: string) =>
    `--boundary-of-ours\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const multipart = Buffer.from(
    `${part('hub.mode', 'publish')}${part('hub.url', `${topic}\xff`)}--boundary-of-ours--\r\n`,
    'latin1',
  )
  const headers = { 'Content-Type': 'multipart/form-data; boundary=boundary-of-ours' }
  const response = await fetch(inbound.url, { method: 'POST', body: multipart, headers })
  assert.match(await response.text(), /hub\.url .*UTF-8/)
  assert.deepEqual(inbound.noted, [])
})

test('SUB-04: what is wrong in a parameter nobody reads is ignored', async (t) => {
  const inbound = await startInbound(t)
  const body = `${new URLSearchParams(subscription)}&foo=%FF%00&%FE=1&a=%&=&&`
  assert.equal((await inbound.post(body)).status, 202)
  assert.equal((await inbound.post({ ...subscription, 'hub.topic': 'https://publisher.example/\u{FFFD}' })).status, 202)
})

test('SEC-13: what a client sent is never markup', async (t) => {
  const inbound = await startInbound(t)
  const script = '<script>alert(1)</script>'
  const requests = [
    inbound.post({ 'hub.mode': script }),
    inbound.post({ ...subscription, 'hub.topic': script, 'hub.callback': script }),
    fetch(`${inbound.url}/${script}`),
    fetch(inbound.url, { method: 'DELETE' }),
    inbound.post('{}', { headers: { 'Content-Type': `text/html; x=${script}` } }),
  ]
  for (const response of await Promise.all(requests)) {
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.ok(!(await response.text()).includes('<script'))
  }
})

test('no input yields a 5xx, and what is accepted Postgres can keep', async (t) => {
  const { db } = await testDatabase(t)
  const keep = async (texts: readonly (string | null)[]) => {
    for (const text of texts) await sql`select ${text}::text`.execute(db)
  }
  const inbound = await startInbound(t, {
    environment: { RATE_SUBSCRIBE: '100000/1s', RATE_PUBLISH: '100000/1s' },
    parts: {
      noteChange: keep,
      async requestSubscription({ topic, callback, verifyToken }) {
        await keep([topic, callback, verifyToken])
        return null
      },
    },
  })
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: 'grapheme' }).map((text) => `https://publisher.example/${text}`),
    fc.constantFrom('', '%', '%0', '%00', '%FF', '\0', '\uD800', ',', 'http://', 'http://[', 'https://a@b/', ' '),
  )
  const fields = fc.array(
    fc.tuple(
      fc.constantFrom('topic', 'callback', 'url', 'url[]', 'lease_seconds', 'secret', 'verify', 'verify_token', 'foo'),
      anything,
    ),
    { maxLength: 6 },
  )
  const percentEncoded = (text: string) => (text.isWellFormed() ? encodeURIComponent(text) : text)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('subscribe', 'unsubscribe', 'publish', ''),
      fields,
      fc.boolean(),
      fc.constantFrom('application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''),
      async (mode, given, escaped, type) => {
        const pairs = given.map(([name, value]) => `hub.${name}=${escaped ? percentEncoded(value) : value}`)
        const body = Buffer.from([`hub.mode=${mode}`, ...pairs].join('&'), 'utf8')
        const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type }
        const { status } = await fetch(inbound.url, { method: 'POST', body, headers })
        assert.ok(status < 500, `${status}: ${body.toString()}`)
      },
    ),
    { numRuns: 400 },
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const body = Buffer.concat([Buffer.from('hub.mode=publish&hub.url=https://p.example/'), bytes])
      assert.ok((await fetch(inbound.url, { method: 'POST', body })).status < 500)
    }),
    { numRuns: 200 },
  )
  assert.deepEqual(inbound.events.of('requestFailed'), [])
})

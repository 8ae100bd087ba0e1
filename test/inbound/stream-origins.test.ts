import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { ConfigError, readConfig } from '../../src/config.ts'
import { originHeaders, refuseForeignPages } from '../../src/inbound/stream-origins.ts'
import { RequestRefused } from '../../src/refusal.ts'
import { openEvents, streamUrl } from '../streams/setup.ts'
import { wholeHub } from '../support/hub.ts'

const page = 'https://reader.example'
const intranet = { TOPIC_ALLOW: '10.0.0.0/8' }

const cases: readonly (readonly [
  rule: string,
  environment: Readonly<Record<string, string>>,
  origin: string | undefined,
  allowed: string | null,
])[] = [
  ['any page may read what anybody may subscribe to', {}, page, '*'],
  ['no page asks', {}, undefined, '*'],
  ['private topics are for named pages alone', intranet, page, null],
  ['private topics are for named pages alone (OUTBOUND_ALLOW)', { OUTBOUND_ALLOW: '10.0.0.0/8' }, page, null],
  ["the hub's own page is one of them", intranet, 'https://hub.example', 'https://hub.example'],
  [
    'and by its other names',
    { ...intranet, HUB_URL_ALIASES: 'http://hub.example/h' },
    'http://hub.example',
    'http://hub.example',
  ],
  ['a named page', { ...intranet, STREAM_ORIGINS: `https://a.example,${page}` }, page, page],
  ['all, if the operator says so', { ...intranet, STREAM_ORIGINS: '*' }, page, '*'],
  ['only those named, where some are', { STREAM_ORIGINS: 'https://a.example' }, page, null],
  ['a sandboxed page has no origin to name', { STREAM_ORIGINS: 'https://a.example' }, 'null', null],
]
for (const [rule, environment, origin, allowed] of cases) {
  test(`which pages may read streams: ${rule}`, () => {
    const config = readConfig({ HUB_URL: 'https://hub.example/', ...environment })
    const incoming = { headers: origin === undefined ? {} : { origin } } as IncomingMessage
    const headers = originHeaders(incoming, config)
    assert.equal(headers['Access-Control-Allow-Origin'] ?? null, allowed)
    assert.equal(headers.Vary, allowed === '*' ? undefined : 'Origin')
    if (allowed !== null || origin === undefined) refuseForeignPages(incoming, config)
    else
      assert.throws(
        () => refuseForeignPages(incoming, config),
        (error) => error instanceof RequestRefused && error.status === 403,
      )
  })
}

test('where no page asks, nothing is refused', () => {
  const config = readConfig({ HUB_URL: 'https://hub.example/', ...intranet })
  refuseForeignPages({ headers: {} } as IncomingMessage, config)
})

test('STREAM_ORIGINS must be origins', () => {
  for (const wrong of ['reader.example', 'https://reader.example/', 'ftp://reader.example', 'https://*.example']) {
    assert.throws(() => readConfig({ STREAM_ORIGINS: wrong }), ConfigError)
  }
})

test('a page may ask before it sends Last-Event-ID, and read why it was refused', async (t) => {
  const hub = await wholeHub(t, { environment: { HUB_URL: 'http://hub.example/' } })
  const url = streamUrl(hub.url, hub.publisher.topic('/page'))
  const headers = {
    Origin: page,
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'last-event-id',
  }
  const asked = await fetch(url, { method: 'OPTIONS', headers })
  assert.equal(asked.status, 204)
  assert.equal(asked.headers.get('access-control-allow-origin'), '*')
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Last-Event-ID/)
  const refused = await fetch(new URL('/stream', hub.url), { headers })
  assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [400, '*'])
  const client = await openEvents(t, url, { headers: { Origin: page } })
  assert.equal(client.headers['access-control-allow-origin'], '*')
  assert.equal((await fetch(url, { method: 'POST' })).status, 405)
})

test("somebody's laptop is no stream for other sites' pages, nor for who comes through a proxy", async (t) => {
  const hub = await wholeHub(t)
  const url = streamUrl(hub.url, hub.publisher.topic('/page'))
  for (const headers of [{ Origin: page }, { 'X-Forwarded-For': '203.0.113.7' }]) {
    assert.equal((await openEvents(t, url, { headers })).status, 403)
  }
})

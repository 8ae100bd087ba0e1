import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import { createMetricsApp } from '../../src/inbound/app.ts'
import { startServer } from '../../src/inbound/server.ts'
import { recordEvents } from '../support/events.ts'
import { startInbound, subscription, topic } from './setup.ts'

const token = 'an administrator’s token'.replace(/\W/g, '-')

test('DISC-10: GET and HEAD on the hub URL are for people and do nothing', async (t) => {
  const inbound = await startInbound(t)
  for (const method of ['GET', 'HEAD']) {
    for (const path of ['/', '/?pushpress=hub', '/subscribe', '/publish']) {
      const response = await fetch(inbound.url + path, { method })
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal((await response.text()).includes('https://hub.example/'), method === 'GET')
    }
  }
})

// A publisher takes any 2xx for its ping: the page, with 200, let it believe that it had published.
test('DISC-10: a GET that asks for what only a POST does is 405 with a sentence, and does nothing', async (t) => {
  const inbound = await startInbound(t)
  for (const method of ['GET', 'HEAD']) {
    for (const query of [
      String(new URLSearchParams(subscription)),
      String(new URLSearchParams({ ...subscription, 'hub.mode': 'unsubscribe' })),
      `hub.mode=publish&hub.url=${topic}`,
      'hub.mode=frob',
    ]) {
      for (const path of ['/', '/publish', '/subscribe']) {
        const response = await fetch(`${inbound.url}${path}?${query}`, { method })
        assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
        assert.equal(/^A GET changes nothing: send .* as a POST/.test(await response.text()), method === 'GET')
      }
    }
  }
  assert.deepEqual([inbound.requested, inbound.noted], [[], []])
})

test('SEC-13: the page loads nothing, runs nothing and escapes the settings it shows', async (t) => {
  const environment = { HUB_URL: "https://hub.example/?a=1&b='<script>'", MOVED_TO: 'https://new.example/?<b>&"' }
  const inbound = await startInbound(t, { environment })
  const response = await fetch(inbound.url)
  const policy = response.headers.get('content-security-policy') ?? ''
  const html = await response.text()
  assert.match(policy, /^default-src 'none'; style-src 'sha256-/)
  assert.doesNotMatch(html, /<script|<b>|\ssrc=|@import|url\(|\son\w+=/)
  assert.ok(html.includes('https://hub.example/?a=1&#38;b=&#39;&#60;script&#62;&#39;'))
  const style = /<style>([\s\S]+)<\/style>/.exec(html)?.[1] ?? ''
  assert.ok(policy.includes(createHash('sha256').update(style).digest('base64')), 'the policy admits the style')
  assert.match(html, /<meta name="viewport"/)
  assert.match(html, /color-scheme: light dark/)
})

test('DISC-11: a POST is served on plain http too, not sent away', async (t) => {
  const inbound = await startInbound(t, { environment: { HUB_URL: 'https://hub.example/' } })
  assert.equal((await inbound.post(subscription, { headers: { 'X-Forwarded-Proto': 'http' } })).status, 202)
})

test('other methods are answered 405 with what is allowed, unknown paths 404', async (t) => {
  const inbound = await startInbound(t)
  const cases = [
    ['PUT', '/', 405, 'GET, HEAD, POST'],
    ['DELETE', '/subscribe', 405, 'GET, HEAD, POST'],
    ['OPTIONS', '/', 405, 'GET, HEAD, POST'],
    ['POST', '/health/live', 405, 'GET, HEAD'],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['POST', '/stream', 405, 'GET, HEAD, OPTIONS'],
    ['GET', '/nothing', 404, null],
    ['POST', '/nothing', 404, null],
    ['GET', '/health', 404, null],
  ] as const
  for (const [method, path, status, allow] of cases) {
    const response = await fetch(inbound.url + path, { method })
    assert.deepEqual([response.status, response.headers.get('allow')], [status, allow], `${method} ${path}`)
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  }
})

test('/health/live answers while the process turns, /health/ready says what is wrong', async (t) => {
  const problems: string[] = []
  const inbound = await startInbound(t, { parts: { problems: async () => problems } })
  const ready = async () => {
    const response = await fetch(`${inbound.url}/health/ready`)
    return [response.status, await response.json()]
  }
  assert.deepEqual(await ready(), [200, { ready: true, problems: [] }])
  problems.push('The oldest delivery has been due for 900 s.')
  assert.deepEqual(await ready(), [503, { ready: false, problems }])
  assert.equal((await fetch(`${inbound.url}/health/live`)).status, 200)
})

test('/health/ready is 503 when the look fails, and when it takes too long', async (t) => {
  const failing = await startInbound(t, { parts: { problems: () => Promise.reject(new Error('secret detail')) } })
  const hanging = await startInbound(t, { parts: { problems: () => new Promise(() => {}) }, patience: { lookMs: 50 } })
  for (const inbound of [failing, hanging]) {
    const response = await fetch(`${inbound.url}/health/ready`)
    const body = await response.text()
    assert.equal(response.status, 503)
    assert.match(body, /database/)
    assert.ok(!body.includes('secret detail'))
  }
})

test('SEC-19: /metrics wants the administrator’s token, from the setting or as the database keeps it', async (t) => {
  const status = async (url: string, authorization?: string) => {
    const response = await fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })
    return [response.status, response.headers.get('www-authenticate')]
  }
  const refused = [401, 'Bearer realm="fanfare"']
  const set = await startInbound(t, { environment: { ADMIN_TOKEN: token } })
  const stored = await startInbound(t, {
    adminTokenSha256: createHash('sha256').update(token).digest(),
  })
  for (const { url } of [set, stored]) {
    assert.deepEqual(await status(url), refused)
    for (const wrong of [
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      `Basic ${token}`,
      'Bearer',
      'Bearer ',
      token,
    ]) {
      assert.deepEqual(await status(url, wrong), refused, wrong)
    }
    assert.deepEqual(await status(url, `Bearer ${token}`), [200, null])
    assert.deepEqual(await status(url, `bearer ${token}`), [200, null])
  }
  assert.deepEqual(await status((await startInbound(t)).url, `Bearer ${token}`), refused)
})

test('SEC-19: METRICS_PORT answers without a token, and nothing but metrics', async (t) => {
  const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })
  const app = createMetricsApp({ events: recordEvents().events, metrics })
  const server = await startServer(app, { HOST: '127.0.0.1', PORT: 0 })
  t.after(() => server.close())
  const response = await fetch(`${server.url}/metrics`)
  assert.equal(await response.text(), 'up 1\n')
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  for (const path of ['/', '/health/live', '/admin']) assert.equal((await fetch(server.url + path)).status, 404)
})

test('SEC-19: there is no list of anything to read', async (t) => {
  const inbound = await startInbound(t)
  for (const path of ['/admin', '/stats', '/subscriptions', '/topics', '/dashboard', '/api/v1/topics']) {
    assert.equal((await fetch(inbound.url + path)).status, 404)
  }
})

test('Postgres away is answered 503 with Retry-After; a mistake of ours 500; both logged once, no detail leaves', async (t) => {
  const away = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
  t.after(() => away.end())
  const noteChange = async () => void (await away.query('select'))
  const requestSubscription = async () => {
    throw new TypeError('undefined is not a secret')
  }
  const inbound = await startInbound(t, { parts: { noteChange, requestSubscription } })
  const unreached = await inbound.post({ 'hub.mode': 'publish', 'hub.url': topic })
  assert.deepEqual([unreached.status, unreached.headers.get('retry-after')], [503, '5'])
  const mistaken = await inbound.post(subscription)
  assert.equal(mistaken.status, 500)
  for (const response of [unreached, mistaken]) {
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.doesNotMatch(await response.text(), /secret|ECONN|127\.0\.0\.1|\bat\b.*:\d+|\n./)
  }
  assert.equal(inbound.events.of('requestFailed').length, 2)
})

test('PUB-10 SUB-15: a Postgres that is mute is answered 503 in time, and the client asked to send it again', async (t) => {
  const mute = () => new Promise<never>(() => {})
  const parts = { noteChange: mute, requestSubscription: mute }
  const inbound = await startInbound(t, { parts, patience: { commitMs: 50 } })
  for (const form of [subscription, { 'hub.mode': 'publish', 'hub.url': topic }]) {
    const response = await inbound.post(form)
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
    assert.match(await response.text(), /send it again/)
  }
  assert.equal(inbound.events.of('requestFailed').length, 2)
})

test('every answer is counted, by a route of few words', async (t) => {
  const inbound = await startInbound(t)
  await inbound.post(subscription)
  for (const path of ['/', '/health/live', '/metrics', '/a/b?c', '/health%2Flive']) await fetch(inbound.url + path)
  assert.deepEqual(
    inbound.events.of('requestAnswered').map(({ route, status }) => `${route} ${status}`),
    ['hub 202', 'hub 200', 'health 200', 'metrics 401', 'none 404', 'none 404'],
  )
})

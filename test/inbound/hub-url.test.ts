import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestRefused } from '../../src/refusal.ts'
import { callback, startInbound, subscription, topic } from './setup.ts'

const publish = { 'hub.mode': 'publish', 'hub.url': topic }

async function sentenceOf(response: Response, status: number): Promise<string> {
  assert.equal(response.status, status)
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  return response.text()
}

test('SUB-02 SUB-05: subscribe and unsubscribe are answered 202 on one URL', async (t) => {
  const inbound = await startInbound(t)
  for (const mode of ['subscribe', 'unsubscribe'] as const) {
    const response = await inbound.post({ ...subscription, 'hub.mode': mode })
    assert.equal(response.status, 202)
    assert.equal(inbound.requested.at(-1)?.mode, mode)
  }
  assert.deepEqual(
    inbound.requested.map((request) => [request.topic, request.callback]),
    [
      [topic, callback],
      [topic, callback],
    ],
  )
})

test('SUB-04 SUB-26 SUB-38: what the hub does not know is ignored, and a secret over http is taken', async (t) => {
  const inbound = await startInbound(t)
  const response = await inbound.post(
    { ...subscription, foo: 'bar', 'hub.foo': 'hub.bar', 'hub.secret': 'a secret' },
    { headers: { From: 'a@b.example', 'X-Foo': '1', Authorization: 'Basic eDp5' } },
  )
  assert.equal(response.status, 202)
  assert.equal(inbound.requested[0]?.secret, 'a secret')
})

test('SUB-06: the form is UTF-8 whatever its Content-Type says and however it is written', async (t) => {
  const inbound = await startInbound(t)
  const types = [
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
    'application/x-www-form-urlencoded;charset=ISO-8859-1',
  ]
  for (const type of types) {
    const response = await inbound.post(
      { ...subscription, 'hub.topic': 'https://publisher.example/é' },
      { headers: { 'Content-Type': type } },
    )
    assert.equal(response.status, 202, type)
    assert.equal(inbound.requested.at(-1)?.topic, 'https://publisher.example/é')
  }
})

test('SUB-07: parameters in another Content-Type are refused with the right one', async (t) => {
  const inbound = await startInbound(t)
  for (const type of ['application/json', 'text/plain', 'application/atom+xml', 'nonsense']) {
    const response = await inbound.post(JSON.stringify(subscription), { headers: { 'Content-Type': type } })
    assert.match(await sentenceOf(response, 400), /application\/x-www-form-urlencoded/)
  }
  const packed = await inbound.post(subscription, { headers: { 'Content-Encoding': 'gzip' } })
  assert.match(await sentenceOf(packed, 415), /Content-Encoding/)
  assert.deepEqual(inbound.requested, [])
})

test('SUB-08 SUB-09: a missing or empty parameter is answered 400 in plain text that names it', async (t) => {
  const inbound = await startInbound(t)
  for (const parameter of ['hub.mode', 'hub.topic', 'hub.callback'] as const) {
    const { [parameter]: _, ...without } = subscription
    for (const form of [without, { ...subscription, [parameter]: '' }]) {
      assert.ok((await sentenceOf(await inbound.post(form), 400)).includes(parameter), parameter)
    }
  }
  assert.deepEqual(inbound.requested, [])
  assert.deepEqual(inbound.events.of('requestRefused').map(({ status, parameter }) => [status, parameter])[0], [
    400,
    'hub.mode',
  ])
})

test('SUB-10: a mode of its own invention is answered 400, and hub.mode is read in any case', async (t) => {
  const inbound = await startInbound(t)
  for (const mode of ['denied', 'SUBSCRIBES', 'foo', '<script>']) {
    assert.match(await sentenceOf(await inbound.post({ ...subscription, 'hub.mode': mode }), 400), /hub\.mode/)
  }
  assert.equal((await inbound.post({ ...subscription, 'hub.mode': 'SubScribe' })).status, 202)
  assert.equal((await inbound.post({ ...publish, 'hub.mode': 'PUBLISH' })).status, 204)
})

test('SUB-27: a parameter given twice is answered 400, hub.verify excepted', async (t) => {
  const inbound = await startInbound(t)
  const pairs = Object.entries(subscription)
  for (const [name, value] of pairs) {
    const response = await inbound.post([...pairs, [name, value]])
    assert.ok((await sentenceOf(response, 400)).includes(name), name)
  }
  const torn = await inbound.post([['hub.mode', 'publish'], ...pairs, ['hub.url', topic]])
  assert.match(await sentenceOf(torn, 400), /hub\.mode was given 2 times/)
  const verify = await inbound.post([...pairs, ['hub.verify', 'sync'], ['hub.verify', 'async']])
  assert.equal(verify.status, 202)
  assert.equal(inbound.requested.length, 1)
})

test('SUB-28: subscribe parameters in the query subscribe nobody', async (t) => {
  const inbound = await startInbound(t, { environment: { HUB_URL: 'https://site.example/?pushpress=hub' } })
  const query = new URLSearchParams(subscription)
  assert.match(await sentenceOf(await inbound.post('', { path: `/?${query}` }), 400), /hub\.mode.*body/)
  const { 'hub.mode': mode, ...rest } = subscription
  const half = await inbound.post({ 'hub.mode': mode }, { path: `/?${new URLSearchParams(rest)}` })
  assert.match(await sentenceOf(half, 400), /hub\.topic|hub\.callback/)
  assert.deepEqual(inbound.requested, [])
  assert.equal((await inbound.post(subscription, { path: '/?pushpress=hub' })).status, 202)
})

test('SUB-35: a body without Content-Type is read as a form', async (t) => {
  const inbound = await startInbound(t)
  const body = Buffer.from(String(new URLSearchParams(subscription))) // Bytes: `fetch` then names no type.
  const response = await fetch(inbound.url, { method: 'POST', body })
  assert.equal(response.status, 202)
  assert.equal(inbound.requested[0]?.callback, callback)
})

test('SUB-36: multipart/form-data is read, files in it are not', async (t) => {
  const inbound = await startInbound(t)
  const body = new FormData()
  for (const [name, value] of Object.entries(subscription)) body.append(name, value)
  body.append('hub.topic', new File([Buffer.from([0xff, 0x00])], 'topic.bin'))
  assert.equal((await fetch(inbound.url, { method: 'POST', body })).status, 202)
  assert.equal(inbound.requested[0]?.topic, topic)

  const pinged = new FormData()
  pinged.append('hub.mode', 'publish')
  pinged.append('hub.url', 'https://publisher.example/a%2Cb')
  pinged.append('hub.url', 'https://publisher.example/c')
  assert.equal((await fetch(inbound.url, { method: 'POST', body: pinged })).status, 204)
  assert.deepEqual(inbound.noted, [['https://publisher.example/a%2Cb', 'https://publisher.example/c']])
})

test('SUB-36: a multipart body that cannot be read is refused, not failed', async (t) => {
  const inbound = await startInbound(t)
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary=""']) {
    for (const body of ['nonsense', '--x\r\n', '--x\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--x--']) {
      const response = await inbound.post(body, { headers: { 'Content-Type': type } })
      assert.match(await sentenceOf(response, 400), /multipart|hub\.mode/)
    }
  }
  assert.deepEqual(inbound.events.of('requestFailed'), [])
})

test('PUB-02 PUB-03 PUB-04 PUB-05 PUB-07: a ping in each of its forms is answered 204 without a body', async (t) => {
  const inbound = await startInbound(t)
  const [a, b] = ['https://publisher.example/a', 'https://publisher.example/b']
  const pings: [string, string[]][] = [
    [`hub.mode=publish&hub.url=${encodeURIComponent(a)}`, [a]],
    [`hub.mode=publish&hub.topic=${encodeURIComponent(a)}`, [a]],
    [`hub.mode=publish&hub.url=${a}&hub.url=${b}&hub.url=${a}`, [a, b]],
    [`hub.mode=publish&hub.url[]=${a}&hub.topic=${b}`, [a, b]],
    [`hub.mode=publish&hub.url=${encodeURIComponent(a)},${encodeURIComponent(b)}`, [a, b]],
  ]
  for (const [body, topics] of pings) {
    const response = await inbound.post(body)
    assert.equal(response.status, 204, body)
    assert.equal(await response.text(), '')
    assert.deepEqual(inbound.noted.at(-1), topics)
  }
})

test('PUB-08 PUB-14: an unknown topic and a stranger are answered 204 all the same', async (t) => {
  const inbound = await startInbound(t)
  assert.equal((await inbound.post({ ...publish, 'hub.url': 'https://nobody.example/unknown' })).status, 204)
})

test('PUB-09: a ping without a topic, with a URL of another scheme or too many is answered 400 that names hub.url', async (t) => {
  const inbound = await startInbound(t)
  const many = Array.from({ length: 1001 }, (_, n) => ['hub.url', `https://publisher.example/${n}`] as const)
  const forms = [
    { 'hub.mode': 'publish' },
    { ...publish, 'hub.url': 'ftp://publisher.example/' },
    [['hub.mode', 'publish'], ...many],
  ]
  for (const form of forms as Parameters<typeof inbound.post>[0][]) {
    assert.match(await sentenceOf(await inbound.post(form), 400), /hub\.url/)
  }
  assert.deepEqual(inbound.noted, [])
})

test('PUB-17: a hundred URLs of one ping are taken', async (t) => {
  const inbound = await startInbound(t)
  const urls = Array.from({ length: 100 }, (_, n) => ['hub.url', `https://publisher.example/category/${n}`] as const)
  assert.equal((await inbound.post([['hub.mode', 'publish'], ...urls])).status, 204)
  assert.equal(inbound.noted[0]?.length, 100)
})

test('PUB-19: hub.mode=publish wins over a stray callback', async (t) => {
  const inbound = await startInbound(t)
  assert.equal((await inbound.post({ ...publish, 'hub.callback': callback, foo: '1' })).status, 204)
  assert.deepEqual([inbound.requested.length, inbound.noted.length], [0, 1])
})

test('PUB-23: a ping may stand wholly in the query, with an empty body of any type or none', async (t) => {
  const inbound = await startInbound(t)
  const path = `/?${new URLSearchParams(publish)}`
  const requests = [
    fetch(inbound.url + path, { method: 'POST' }),
    inbound.post('', { path }),
    inbound.post('', { path, headers: { 'Content-Type': 'application/json' } }),
    inbound.post('', { path: `/publish?hub.mode=publish&hub.url=${topic}` }),
  ]
  for (const response of await Promise.all(requests)) assert.equal(response.status, 204)
  assert.deepEqual(inbound.noted, [[topic], [topic], [topic], [topic]])
})

test('PUB-10 SUB-15: the answer waits for the commit and for nothing else', async (t) => {
  const commit = Promise.withResolvers<void>()
  const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const [subscribed, noted] = arrivals.map((arrival) => () => {
    arrival.resolve()
    return commit.promise
  }) as [() => Promise<void>, () => Promise<void>]
  const requestSubscription = () => subscribed().then(() => null)
  const inbound = await startInbound(t, { parts: { requestSubscription, noteChange: noted } })
  let answered = 0
  const answers = [inbound.post(subscription), inbound.post(publish)].map(async (response) => {
    const { status } = await response
    answered += 1
    return status
  })
  await Promise.all(arrivals.map(({ promise }) => promise))
  for (let round = 0; round < 3; round++) await fetch(`${inbound.url}/health/live`) // Longer than an answer takes.
  assert.equal(answered, 0)
  commit.resolve()
  assert.deepEqual(await Promise.all(answers), [202, 204])
})

test('MIG-01 MIG-02 MIG-03: a hub that moved sends subscribers on with 308 and serves the rest', async (t) => {
  const inbound = await startInbound(t, { environment: { MOVED_TO: 'https://new.example/hub?a=b' } })
  const response = await inbound.post(subscription)
  assert.equal(response.status, 308)
  assert.equal(response.headers.get('location'), 'https://new.example/hub?a=b')
  assert.equal((await inbound.post({ ...subscription, 'hub.mode': 'unsubscribe' })).status, 202)
  assert.equal((await inbound.post(publish)).status, 204)
  assert.deepEqual(
    inbound.requested.map(({ mode }) => mode),
    ['unsubscribe'],
  )
})

test('MIG-11 PSH-13: the paths of HUB_URL, its aliases and /subscribe and /publish are one hub', async (t) => {
  const environment = {
    HUB_URL: 'https://hub.example/web/sub',
    HUB_URL_ALIASES: 'http://www.hub.example/old/,https://x.example',
  }
  const inbound = await startInbound(t, { environment })
  const paths = [
    '/',
    '/web/sub',
    '/web/sub/',
    '/old',
    '/old/',
    '/subscribe',
    '/publish',
    '/web/sub/subscribe',
    '/old/publish',
  ]
  for (const path of paths) assert.equal((await inbound.post(subscription, { path })).status, 202, path)
  for (const path of ['/web', '/web/sub/other', '/subscribe/publish', '/old/x', '//']) {
    assert.match(await sentenceOf(await inbound.post(subscription, { path }), 404), /nothing here/)
  }
})

test('SUB-29: a body beyond 64 KiB to subscribe, or 1 MiB to publish, is answered 413', async (t) => {
  const inbound = await startInbound(t)
  const padded = (form: Record<string, string>, bytes: number) => {
    const body = `${new URLSearchParams(form)}&pad=`
    return body + 'x'.repeat(bytes - body.length)
  }
  assert.equal((await inbound.post(padded(subscription, 64 * 1024))).status, 202)
  assert.match(await sentenceOf(await inbound.post(padded(subscription, 64 * 1024 + 1)), 413), /64 KiB/)
  assert.equal((await inbound.post(padded(publish, 1024 * 1024))).status, 204)
  assert.match(await sentenceOf(await inbound.post(padded(publish, 1024 * 1024 + 1)), 413), /1024 KiB/)
  const long = `https://subscriber.example/${'c'.repeat(2000 - 27)}`
  assert.equal((await inbound.post({ ...subscription, 'hub.callback': long })).status, 202)
  assert.equal((await inbound.post({ ...subscription, 'hub.callback': `${long}${'c'.repeat(100)}` })).status, 400)
})

test('SUB-30: beyond RATE_SUBSCRIBE a client is told 429 and when to come again', async (t) => {
  const now = new Date('2026-11-21T12:00:00Z')
  const inbound = await startInbound(t, { environment: { RATE_SUBSCRIBE: '2/60s' }, now: () => now })
  const responses = await Promise.all(Array.from({ length: 4 }, () => inbound.post(subscription)))
  assert.deepEqual(responses.map(({ status }) => status).sort(), [202, 202, 429, 429])
  const refused = responses.find(({ status }) => status === 429)
  assert.equal(refused?.headers.get('retry-after'), '30')
  assert.equal(inbound.requested.length, 2)
})

test('PUB-12: RATE_PUBLISH counts topics, not requests, and is another than that of subscribing', async (t) => {
  const now = new Date('2026-11-21T12:00:00Z')
  const inbound = await startInbound(t, { environment: { RATE_PUBLISH: '10/10s' }, now: () => now })
  const five = [['hub.mode', 'publish'], ...Array.from({ length: 5 }, (_, n) => ['hub.url', `${topic}/${n}`])] as [
    string,
    string,
  ][]
  assert.equal((await inbound.post(five)).status, 204)
  assert.equal((await inbound.post(five)).status, 204)
  const refused = await inbound.post(publish)
  assert.equal(refused.headers.get('retry-after'), '1')
  assert.match(await sentenceOf(refused, 429), /Too many/)
  assert.equal((await inbound.post(subscription)).status, 202)
})

test('SEC-18: known or not, a subscription is answered alike', async (t) => {
  const inbound = await startInbound(t)
  await inbound.post(subscription)
  const answers = await Promise.all(
    [callback, 'https://unknown.example/'].map(async (of) => {
      const response = await inbound.post({ ...subscription, 'hub.mode': 'unsubscribe', 'hub.callback': of })
      return [response.status, await response.text()]
    }),
  )
  assert.deepEqual(answers[0], answers[1])
})

test('a chapter may refuse too, with any status of its own', async (t) => {
  const refuse = async () => {
    throw new RequestRefused('Come back later.', { status: 503, retryAfterSeconds: 7 })
  }
  const inbound = await startInbound(t, { parts: { requestSubscription: refuse } })
  const response = await inbound.post(subscription)
  assert.equal(response.headers.get('retry-after'), '7')
  assert.equal(await sentenceOf(response, 503), 'Come back later.\n')
})

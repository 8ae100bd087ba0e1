import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { PeerAnswer, Seen } from '../support/peer.ts'
import { form, inTheField, linksOf, phpParameters, urlencoded } from './field.ts'

const isDelivery = ({ method }: Seen) => method === 'POST'
const statuses = (requests: readonly Seen[]) => requests.map(({ method, status }) => `${method} ${status}`)
const echo = (seen: Seen): PeerAnswer => ({ body: seen.parameter('hub.challenge') ?? '' })
const sha1 = (secret: string, seen: Seen) => createHmac('sha1', secret).update(seen.body).digest('hex')

test("PEER-11 PSH-01 PSH-07 PSH-08 PSH-12: Laminas' subscriber sends sync and async and a token, finds its state by xhub.subscription, and takes feed types alone", async (t) => {
  const { sends, listens, publishes, drain, subscribed, topic, recorded } = await inTheField(t)
  const key = createHash('md5').update(`${topic}http://localhost:7/`).digest('hex')
  const stored = new Map<string, string>()
  const peer = await listens((seen) => {
    const { hub_mode, hub_topic, hub_challenge, hub_verify_token, hub_lease_seconds, xhub_subscription } =
      phpParameters(seen)
    if (isDelivery(seen)) {
      const feed = /^(?:application\/(?:atom|rss|rdf)\+xml|application\/xml|text\/xml)/i.test(
        seen.header('content-type') ?? '',
      )
      const state = /(?:^|&)xhub\.subscription=([^&]*)/.exec(seen.rawQuery)?.[1]
      return stored.has(state ?? '') && feed ? { headers: { 'X-Hub-On-Behalf-Of': '1' } } : { status: 404 }
    }
    const asked =
      hub_topic === topic && hub_challenge !== undefined && hub_verify_token === stored.get(xhub_subscription ?? '')
    if (!asked || (hub_mode === 'subscribe' && hub_lease_seconds === undefined)) return { status: 404 }
    if (hub_mode === 'unsubscribe') stored.delete(key)
    return { headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body: hub_challenge ?? '' }
  })
  const asks = (mode: string, token: string) => {
    stored.set(key, token)
    const ordered = [
      ['hub.callback', `${peer.origin}/callback?xhub.subscription=${key}`],
      ['hub.mode', mode],
      ['hub.topic', topic],
      ['hub.verify', 'sync'],
      ['hub.verify', 'async'],
      ['hub.verify_token', token],
    ] as const
    const headers = {
      Connection: 'close',
      'Accept-Encoding': 'gzip, deflate',
      'User-Agent': 'Laminas_Feed_Pubsubhubbub_Subscriber/2',
    }
    return sends(urlencoded(ordered), { headers })
  }
  for (const [mode, token] of [
    ['subscribe', '1804289383675a1b2c3d4e5.123456781763707800'],
    ['unsubscribe', '8469308866'],
  ] as const) {
    const { status } = await asks(mode, token)
    assert.ok(status === 204 || status === 202)
    await drain()
    if (mode === 'subscribe') await publishes('<feed/>')
  }
  await publishes('<feed></feed>')
  assert.deepEqual(await subscribed(), [])
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200', 'GET 200'])
  assert.equal(recorded.of('attemptFailed').length, 0)
})

test('PEER-16 PSH-05 PSH-08 A-19: Mojolicious sends sync alone, takes any 2xx, checks SHA-1 alone and answers 204', async (t) => {
  const { sends, listens, publishes, topic } = await inTheField(t)
  const [secret, token] = ['z0idberg', 'aB3dE6gH9jK2']
  const content: string[] = []
  const peer = await listens((seen) => {
    if (!isDelivery(seen)) {
      const good = seen.parameter('hub.verify_token') === token && seen.parameter('hub.topic') === topic
      return good ? { headers: { 'Content-Type': 'text/plain;charset=UTF-8' }, ...echo(seen) } : { status: 404 }
    }
    if (!/^application\/(?:atom|r(?:ss|df))\+xml/.test(seen.header('content-type') ?? '')) return { status: 400 }
    const signature = (seen.header('x-hub-signature') ?? '').replace(/^sha1=/i, '')
    if (signature === sha1(secret, seen)) content.push(seen.text)
    return { status: 204, headers: { 'X-Hub-On-Behalf-Of': '3' } }
  })
  const fields = [
    ['hub.callback', `${peer.origin}/ann/callback_url`],
    ['hub.lease_seconds', '777600'],
    ['hub.mode', 'subscribe'],
    ['hub.secret', secret],
    ['hub.topic', topic],
    ['hub.verify', 'sync'],
    ['hub.verify_token', token],
  ] as const
  const headers = { ...form, 'User-Agent': 'Mojolicious::Plugin::PubSubHubbub v0.18', 'Accept-Encoding': 'gzip' }
  const { status } = await sends(urlencoded(fields), { headers })
  assert.ok(status >= 200 && status < 300)
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="${topic.replaceAll('&', '&amp;')}"/></feed>`
  await publishes(feed)
  assert.deepEqual(content, [feed])
})

test('PEER-17 PSH-05 LEASE-07: a small Node client sends sync and forty days, and is told the lease it gets', async (t) => {
  const { sends, listens, publishes, topic } = await inTheField(t)
  const peer = await listens((seen) => (isDelivery(seen) ? { status: 200 } : echo(seen)))
  const fields = [
    ['hub.callback', `${peer.origin}/callback`],
    ['hub.mode', 'subscribe'],
    ['hub.topic', topic],
    ['hub.verify', 'sync'],
    ['hub.lease_seconds', '3456000'],
  ] as const
  const { status } = await sends(urlencoded(fields), { target: '/subscribe' })
  assert.ok(status >= 200 && status < 300)
  assert.equal(peer.requests[0]?.parameter('hub.lease_seconds'), '2592000')
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
})

test('PEER-18 PEER-19 PSH-05 PSH-06: ytnoti sends sync alone with an empty lease and token, takes 204 alone, and checks SHA-1', async (t) => {
  const { sends, listens, publishes, topic } = await inTheField(t)
  const password = 'qWeRtYuIoPaSdFgHjKlZ'
  const taken: string[] = []
  const peer = await listens((seen) => {
    if (!isDelivery(seen)) return { headers: { 'Content-Type': 'application/json' }, ...echo(seen) }
    if (seen.header('x-hub-signature') !== `sha1=${sha1(password, seen)}`) return { status: 401 }
    taken.push(seen.text)
    return { status: 204 }
  })
  const asks = (mode: string) =>
    sends(
      urlencoded([
        ['hub.mode', mode],
        ['hub.topic', topic],
        ['hub.callback', peer.origin],
        ['hub.verify', 'sync'],
        ['hub.secret', password],
        ['hub.lease_seconds', ''],
        ['hub.verify_token', ''],
      ]),
      {
        headers: {
          'Content-type': 'application/x-www-form-urlencoded',
          'User-Agent': 'python-httpx/0.28.1',
          Accept: '*/*',
        },
      },
    )
  assert.equal((await asks('subscribe')).status, 204)
  assert.equal(peer.requests[0]?.parameter('hub.lease_seconds'), '864000')
  assert.equal(peer.requests[0]?.parameter('hub.verify_token'), undefined)
  await publishes('<feed/>')
  assert.equal((await asks('unsubscribe')).status, 204)
  await publishes('<feed></feed>')
  assert.deepEqual(taken, ['<feed/>'])
})

test('PSH-05 SUB-36: the hearsayit bundle sends sync alone as a multipart form, and takes 204 alone', async (t) => {
  const { sends, listens, publishes, topic } = await inTheField(t)
  const peer = await listens((seen) => (isDelivery(seen) ? { status: 200 } : echo(seen)))
  const boundary = '------------------------5d1f0a3b7c9e2468'
  const fields = {
    'hub.verify': 'sync',
    'hub.topic': topic,
    'hub.callback': `${peer.origin}/push/1`,
    'hub.mode': 'subscribe',
  }
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const headers = { Accept: '*/*', Expect: '100-continue', 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  assert.equal((await sends(`${parts.join('')}--${boundary}--\r\n`, { headers })).status, 204)
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
})

for (const [client, more] of [
  ['websubsub', []],
  ['Flask-WebSub', [['hub.lease_seconds', '86400']]],
] as const) {
  test(`SUB-02 LEASE-01: ${client} takes 202 alone, and wants a lease in digits`, async (t) => {
    const { sends, listens, publishes, drain, topic } = await inTheField(t)
    const peer = await listens((seen) => {
      if (isDelivery(seen)) return { headers: { 'Content-Type': 'application/json' }, body: '""' }
      if (seen.parameter('hub.topic') !== topic) return { status: 400 }
      return /^\d+$/.test(seen.parameter('hub.lease_seconds') ?? '') ? echo(seen) : { status: 400 }
    })
    const fields = [
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/websubcallback/news/0b6c8f4e-3b1e-4c55-9f0f-6f4e2a1d9c77`],
      ...more,
    ] as const
    const headers = {
      'User-Agent': 'python-requests/2.32.3',
      'Accept-Encoding': 'gzip, deflate',
      Accept: '*/*',
      ...form,
    }
    assert.equal((await sends(urlencoded(fields), { headers })).status, 202)
    await drain()
    await publishes('<feed/>')
    assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
  })
}

test('PEER-10 PSH-14: node-pubsubhubbub before 1.0 makes the key of a delivery from its quoted rel=self', async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const derived = (about: string) => createHmac('sha1', 'MyTopSecret').update(about).digest('hex')
  const peer = await listens((seen) => {
    if (!isDelivery(seen)) return { headers: { 'Content-Type': 'text/plain' }, ...echo(seen) }
    const [method = '', signature] = seen.header('x-hub-signature')?.split('=') ?? []
    if (method === '') return { status: 403 }
    const { self = '' } = linksOf(seen)
    return { status: createHmac(method, derived(self)).update(seen.body).digest('hex') === signature ? 204 : 403 }
  })
  const fields = [
    [
      'hub.callback',
      `${peer.origin}/?topic=${encodeURIComponent(topic)}&hub=${encodeURIComponent('http://localhost:7/')}`,
    ],
    ['hub.mode', 'subscribe'],
    ['hub.topic', topic],
    ['hub.verify', 'async'],
    ['hub.secret', derived(topic)],
  ] as const
  const { status } = await sends(urlencoded(fields), { headers: { ...form } })
  assert.ok(status === 202 || status === 204)
  await drain()
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 204'])
})

import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { PeerAnswer, Seen } from '../support/peer.ts'
import { form, inTheField, linksOf, phpParameters, urlencoded } from './field.ts'

const ok = (body: string | undefined, type = 'text/plain; charset=UTF-8'): PeerAnswer => ({
  headers: { 'Content-Type': type },
  body: body ?? '',
})
const isDelivery = ({ method }: Seen) => method === 'POST'
const statuses = (requests: readonly Seen[]) => requests.map(({ method, status }) => `${method} ${status}`)

test('PEER-07 PSH-05: FreshRSS sends sync alone, takes any 2xx, and answers 410 when its last reader has gone', async (t) => {
  const { sends, listens, publishes, drain, subscribed, topic } = await inTheField(t)
  const key = createHash('sha1').update('salt').digest('hex')
  let readers = 1
  let leaseEndsIn = 0
  const peer = await listens((seen) => {
    const { k, hub_mode, hub_challenge, hub_lease_seconds = '0' } = phpParameters(seen)
    if (k !== key) return { status: 404 }
    if (readers === 0) return { status: 410, body: 'Nobody is subscribed to this feed anymore!' }
    if (hub_mode === 'subscribe') {
      if (Number.parseInt(hub_lease_seconds, 10) > 60) leaseEndsIn = Number.parseInt(hub_lease_seconds, 10)
      return ok(hub_challenge)
    }
    if (seen.body.length === 0 || seen.body.length > 3_145_728) return { status: 422 }
    return ok('Done: 1\n')
  })
  const answer = await sends(
    urlencoded([
      ['hub.verify', 'sync'],
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/api/pshb.php?k=${key}`],
    ]),
    { headers: { 'User-Agent': 'FreshRSS/1.27.1 (Linux; https://freshrss.org)', Accept: '*/*', ...form } },
  )
  assert.ok(answer.status >= 200 && answer.status < 300)
  assert.ok(leaseEndsIn > 60)
  await publishes('<feed/>')
  readers = 0
  await publishes('<feed></feed>')
  assert.deepEqual(await subscribed(), [])
  await publishes('<feed> </feed>')
  await drain()
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200', 'POST 410'])
})

test("PEER-08 VER-25 PSH-02: NewsBlur sends hub.verify twice, and wants its token back, which begins with 'subscribe', and a lease", async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const token = `subscribe${createHash('sha1').update('a secret key').digest('hex')}`
  const peer = await listens((seen) => {
    if (isDelivery(seen)) return ok('OK')
    const good = seen.parameter('hub.topic') === topic && seen.parameter('hub.verify_token') === token
    if (!good || !/^\d+$/.test(seen.parameter('hub.lease_seconds') ?? '')) return { status: 404 }
    return ok(seen.parameter('hub.challenge'), 'text/plain')
  })
  const answer = await sends(
    urlencoded([
      ['hub.mode', 'subscribe'],
      ['hub.callback', `${peer.origin}/push/1234`],
      ['hub.topic', topic],
      ['hub.verify', 'async'],
      ['hub.verify', 'sync'],
      ['hub.verify_token', token],
      ['hub.lease_seconds', '2592000'],
    ]),
    { headers: { 'User-Agent': 'python-requests/2.32.3', 'Accept-Encoding': 'gzip, deflate', Accept: '*/*', ...form } },
  )
  assert.ok(answer.status === 204 || answer.status === 202)
  await drain()
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
  assert.equal(peer.requests[0]?.parameter('hub.lease_seconds'), '2592000')
})

for (const [client, token] of [
  ['Feedbin', 'b3f1c2d4e5'],
  ['BazQux', 'a&b+c=é/?#%20'],
] as const) {
  test(`PEER-08 VER-25 PSH-02: ${client} refuses a question without its token, letter for letter`, async (t) => {
    const { sends, listens, publishes, drain, topic } = await inTheField(t)
    const peer = await listens((seen) => {
      if (isDelivery(seen)) return { status: 200 }
      return seen.parameter('hub.verify_token') === token ? ok(seen.parameter('hub.challenge')) : { status: 404 }
    })
    const fields = [
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/pubsubhubbub/17`],
      ['hub.verify', 'async'],
      ['hub.verify_token', token],
    ] as const
    assert.equal((await sends(urlencoded(fields))).status, 202)
    await drain()
    await publishes('<feed/>')
    assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
  })
}

test('PEER-08: Feedbin sends no User-Agent and a secret of 64 characters, and keeps what is signed right', async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const secret = createHash('sha256').update('17-secret').digest('hex')
  const kept: string[] = []
  const peer = await listens((seen) => {
    if (!isDelivery(seen)) {
      return seen.parameter('hub.topic') === topic ? ok(seen.parameter('hub.challenge')) : { status: 404 }
    }
    const [method = '', signature] = seen.header('x-hub-signature')?.split('=') ?? []
    if (!['sha1', 'sha256', 'sha384', 'sha512'].includes(method)) return { status: 200 }
    if (signature === createHmac(method, secret).update(seen.body).digest('hex')) kept.push(seen.text)
    return { status: 200 }
  })
  const fields = [
    ['hub.mode', 'subscribe'],
    ['hub.verify', 'async'],
    ['hub.topic', topic],
    ['hub.secret', secret],
    ['hub.callback', `${peer.origin}/web_sub/17/${createHmac('sha256', secret).update('17').digest('hex')}`],
  ] as const
  await sends(urlencoded(fields))
  await drain()
  await publishes('<feed>é</feed>')
  assert.deepEqual(kept, ['<feed>é</feed>'])
})

test('PEER-09 VER-03: Feedly wants hub.topic percent-encoded once and entirely', async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const peer = await listens((seen) => {
    if (isDelivery(seen)) return { status: 200 }
    const raw = /(?:^|&)hub\.topic=([^&]*)/.exec(seen.rawQuery)?.[1] ?? ''
    const strict = /^(?:[\w.~-]|%[0-9A-F]{2})+$/.test(raw) && decodeURIComponent(raw) === topic
    return strict ? ok(seen.parameter('hub.challenge')) : { status: 400 }
  })
  const callback = `${peer.origin}/v3/feeds/callback?feedId=feed%2Fhttp%3A%2F%2Fa.example%2F`
  await sends(
    urlencoded([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', callback],
    ]),
  )
  await drain()
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200'])
})

test("PEER-06: WordPress' subscriber reads topic and signature from header fields by patterns, in lower-case hex", async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const secret = 'kR7~w!p2 $x'
  const told: string[] = []
  const peer = await listens((seen) => {
    const { subscription_id, hub_mode, hub_topic, hub_challenge, hub_lease_seconds = '0' } = phpParameters(seen)
    if (subscription_id !== 'friends-42') return { status: 400 }
    if (!isDelivery(seen)) {
      const good = hub_mode === 'subscribe' && hub_topic === topic && /^\d+$/.test(hub_lease_seconds)
      return good ? ok(hub_challenge, 'text/plain; charset=utf-8') : { status: 404 }
    }
    const self = /<([^>]+)>\s*;\s*rel=["']?self["']?/i.exec(seen.header('link') ?? '')?.[1]
    const [, method = '', hex] =
      /^(sha1|sha256|sha384|sha512)=([a-f0-9]+)$/i.exec(seen.header('x-hub-signature') ?? '') ?? []
    const valid = method !== '' && hex === createHmac(method, secret).update(seen.body).digest('hex')
    told.push(`${self} ${valid ? 'valid' : 'invalid'} ${seen.header('content-type')}`)
    return { status: 200 }
  })
  const { status } = await sends(
    urlencoded([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/wp-json/pubsubhubbub/v1/callback?subscription_id=friends-42`],
      ['hub.secret', secret],
    ]),
    { headers: { 'User-Agent': 'WordPress/6.9; https://blog.example; WebSub/PubSubHubbub', ...form } },
  )
  assert.ok(status >= 200 && status < 300)
  await drain()
  await publishes('<rss/>', { type: 'application/rss+xml; charset=UTF-8' })
  assert.deepEqual(told, [`${topic} valid application/rss+xml; charset=UTF-8`])
})

test('PEER-06 VER-13 A-02: a challenge that the REST layer of WordPress puts in quotes is not the challenge', async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const peer = await listens((seen) => ok(JSON.stringify(seen.parameter('hub.challenge')), 'text/plain; charset=utf-8'))
  await sends(
    urlencoded([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/wp-json/`],
    ]),
  )
  await drain()
  await publishes('<feed/>')
  assert.deepEqual(statuses(peer.requests), ['GET 200'])
})

test('PEER-14 PSH-15: Known forgets what it asked for at the first question, and answers 410 for users it does not have', async (t) => {
  const { sends, listens, publishes, drain, subscribed, topic } = await inTheField(t)
  const pending = new Set(['5a1b2c'])
  const users = new Set(['5a1b2c'])
  const peer = await listens((seen) => {
    const user = seen.path.split('/')[3] ?? ''
    if (!users.has(user)) return { status: 410 }
    if (isDelivery(seen)) return { status: 200 }
    return pending.delete(user) ? ok(phpParameters(seen).hub_challenge, 'text/html') : { status: 403 }
  })
  const fields = [
    ['hub.callback', `${peer.origin}/pubsub/callback/5a1b2c/77aa88`],
    ['hub.mode', 'subscribe'],
    ['hub.verify', 'async'],
    ['hub.topic', topic],
  ] as const
  await sends(urlencoded(fields), { headers: { 'User-Agent': 'Known https://withknown.com', Accept: '*/*', ...form } })
  await drain()
  await drain()
  await publishes('<rss/>')
  users.clear()
  await publishes('<rss></rss>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200', 'POST 410'])
  assert.deepEqual(await subscribed(), [])
})

test('PEER-15 SUB-35: Friendica sends a bare string of parameters without a Content-Type, and lets nobody unsubscribe it without its token', async (t) => {
  const { sends, listens, publishes, drain, topic } = await inTheField(t)
  const token = 'd41d8cd98f00b204e9800998ecf8427e'
  const peer = await listens((seen) => {
    if (isDelivery(seen)) return { status: 200 }
    const { hub_challenge, hub_verify_token } = phpParameters(seen)
    return hub_verify_token === token ? ok(hub_challenge) : { status: 404 }
  })
  const asks = (mode: string) =>
    sends(
      `hub.mode=${mode}&hub.callback=${encodeURIComponent(`${peer.origin}/pubsub/ann/17`)}&hub.topic=${encodeURIComponent(topic)}&hub.verify=async&hub.verify_token=${token}`,
      { headers: { 'User-Agent': "Friendica 'Interrupted Fern' 2024.12-1571; https://friendica.example" } },
    )
  assert.equal((await asks('subscribe')).status, 202)
  await drain()
  await publishes('<feed/>')
  assert.equal((await asks('unsubscribe')).status, 202)
  await drain()
  await publishes('<feed></feed>')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'POST 200', 'GET 200'])
  assert.deepEqual(linksOf(peer.requests[1] as Seen).self, topic)
})

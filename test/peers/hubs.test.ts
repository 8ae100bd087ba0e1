import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { PeerAnswer, Seen } from '../support/peer.ts'
import { form, inTheField, linksOf, urlencoded } from './field.ts'

const isDelivery = ({ method }: Seen) => method === 'POST'
const statuses = (requests: readonly Seen[]) => requests.map(({ method, status }) => `${method} ${status}`)
const echo = (seen: Seen): PeerAnswer => ({ body: seen.parameter('hub.challenge') ?? '' })

const tombstone = `<at:deleted-entry ref="yt:video:dQw4w9WgXcQ" when="2026-11-21T07:00:00+00:00">
  <link href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/>
  <at:by><name>A channel</name><uri>https://www.youtube.com/channel/UC38IQsAvIsxxjztdMZQtwHA</uri></at:by>
 </at:deleted-entry>`
const video = `<entry>
  <id>yt:video:dQw4w9WgXcQ</id>
  <yt:videoId>dQw4w9WgXcQ</yt:videoId>
  <yt:channelId>UC38IQsAvIsxxjztdMZQtwHA</yt:channelId>
  <title>A title &amp; more</title>
  <link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/>
  <published>2026-11-21T06:00:00+00:00</published>
  <updated>2026-11-21T06:00:03.123456789+00:00</updated>
 </entry>`

function youTubeNotice(self: string, entry: string): string {
  return `<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
 <link rel="hub" href="http://localhost:7/"/>
 <link rel="self" href="${self}"/>
 <title>YouTube video feed</title>
 ${entry}
</feed>
`
}

test('PEER-18 PSH-10 A-14: YouTube’s self link is another URL than most follow; both are served, tombstones too, byte for byte', async (t) => {
  const { publisher, sends, listens, drain, ping } = await inTheField(t)
  const channel = 'channel_id=UC38IQsAvIsxxjztdMZQtwHA'
  const [followed, self] = ['/feeds/videos.xml', '/xml/feeds/videos.xml'].map(
    (path) => `${publisher.topic(path)}?${channel}`,
  )
  assert.ok(followed !== undefined && self !== undefined)
  const peer = await listens((seen) => (isDelivery(seen) ? { status: 204 } : echo(seen)))
  for (const [topic, path] of [
    [followed, '/a'],
    [self, '/b'],
  ] as const) {
    const fields = [
      ['hub.callback', `${peer.origin}${path}`],
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.secret', 's'],
    ] as const
    assert.equal((await sends(urlencoded([...fields, ['hub.verify', 'async']]), { target: '/subscribe' })).status, 202)
  }
  await drain()
  for (const entry of [video, tombstone]) {
    const notice = youTubeNotice(self, entry)
    const options = { type: 'application/atom+xml; charset=UTF-8', self: null, hubs: [] }
    for (const path of ['/feeds/videos.xml', '/xml/feeds/videos.xml']) publisher.publishes(path, notice, options)
    const before = peer.requests.length
    await ping(followed)
    for (let turns = 0; turns < 3; turns++) await drain()
    const delivered = peer.requests.slice(before)
    assert.deepEqual(delivered.map(({ path }) => path).sort(), ['/a', '/b'])
    for (const each of delivered) {
      assert.equal(each.text, notice)
      assert.deepEqual(linksOf(each), { self, hub: 'http://localhost:7/' })
    }
  }
})

test('PEER-19 PSH-01 PSH-05 PSH-09 PSH-13: who was written for Google’s hub gets the statuses it knows', async (t) => {
  const { sends, listens, drain, topic } = await inTheField(t)
  const peer = await listens((seen) => (seen.path === '/no' ? { status: 404 } : echo(seen)))
  const headers = { ...form, From: 'ann@reader.example' }
  const asks = async (mode: string, path: string, more: readonly (readonly [string, string])[] = []) => {
    const fields = [
      ['hub.mode', mode],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}${path}`],
      ...more,
    ] as const
    return (await sends(urlencoded(fields), { target: '/subscribe', headers })).status
  }
  const sync = [['hub.verify', 'sync']] as const
  assert.equal(await asks('subscribe', '/yes', sync), 204)
  assert.equal(await asks('subscribe', '/no', sync), 409)
  assert.equal(await asks('subscribe', '/yes', [['hub.verify', 'async']]), 202)
  assert.equal(
    await asks('subscribe', '/yes', [
      ['hub.lease_seconds', '432000'],
      ['hub.verify', 'async'],
      ['hub.verify', 'sync'],
    ]),
    202,
  )
  assert.equal(await asks('unsubscribe', '/nobody', sync), 204)
  assert.equal(await asks('subscribe', '/yes#fragment'), 400)
  await drain()
})

test('PEER-20 A-12 SUB-15: what Superfeedr refuses with 422 is taken: a topic out of reach or of another hub, a callback that fails', async (t) => {
  const { sends, listens, drain, publisher, subscribed } = await inTheField(t)
  const peer = await listens((seen) => (seen.path === '/fails' ? { fault: 'reset' } : echo(seen)))
  publisher.publishes('/other', 'content', { hubs: ['https://another.example/'], self: publisher.topic('/canonical') })
  for (const [path, callback] of [
    ['/nowhere', '/a'],
    ['/other', '/b'],
    ['/other', '/fails'],
  ] as const) {
    const fields = [
      ['hub.mode', 'subscribe'],
      ['hub.topic', publisher.topic(path)],
      ['hub.callback', `${peer.origin}${callback}`],
    ] as const
    assert.equal((await sends(urlencoded(fields))).status, 202)
  }
  await drain()
  assert.deepEqual([...(await subscribed())].sort(), [`${peer.origin}/a`, `${peer.origin}/b`])
})

test('PSH-11: one callback may have a secret for each of its topics', async (t) => {
  const { sends, listens, drain, publisher, ping } = await inTheField(t)
  const peer = await listens((seen) => (isDelivery(seen) ? { status: 200 } : echo(seen)))
  const topics = ['/a', '/b'].map((path) => publisher.topic(path))
  for (const [at, topic] of topics.entries()) {
    publisher.publishes(`/${'ab'[at]}`, `content ${at}`)
    const fields = [
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/cb`],
      ['hub.secret', `secret ${at}`],
    ] as const
    assert.equal((await sends(urlencoded(fields))).status, 202)
  }
  await drain()
  await ping(...topics)
  await drain()
  const signed = peer.requests.filter(isDelivery).map((seen) => [linksOf(seen).self, seen.header('x-hub-signature')])
  const hmac = (at: number) => createHmac('sha256', `secret ${at}`).update(`content ${at}`).digest('hex')
  assert.deepEqual(
    signed.sort(),
    topics.map((topic, at) => [topic, `sha256=${hmac(at)}`]),
  )
})

test('PEER-21 VER-17: a subscriber that stores what it asked for only when the 202 is there is asked after that', async (t) => {
  const { sends, listens, topic } = await inTheField(t, { running: true })
  const pending = new Set<string>()
  const peer = await listens((seen) => (pending.has(seen.path) ? echo(seen) : { status: 404 }))
  for (const path of ['/a', '/b', '/c']) {
    const fields = [
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}${path}`],
    ] as const
    assert.equal((await sends(urlencoded(fields))).status, 202)
    await pause(50) // Its own database takes its time.
    pending.add(path)
  }
  await peer.until(() => peer.requests.filter(({ ended }) => ended).length === 3, 'three questions')
  assert.deepEqual(statuses(peer.requests), ['GET 200', 'GET 200', 'GET 200'])
})

test('PEER-22 VER-19 RETRY-04: a strict CDN lets through who names itself and expects nothing; its 503 and 403 are failures that are tried again', async (t) => {
  const { sends, listens, publishes, drain, world, topic } = await inTheField(t)
  const challenged: PeerAnswer[] = []
  const peer = await listens((seen) => {
    const strange =
      !/^[\w-]+(?:\/[\w.]+)? /.test(seen.header('user-agent') ?? '') || seen.header('expect') !== undefined
    if (strange) return { fault: 'reset' }
    return challenged.shift() ?? (isDelivery(seen) ? { status: 200 } : echo(seen))
  })
  challenged.push({ status: 503, headers: { 'Retry-After': '5', Server: 'cdn' } })
  const fields = [
    ['hub.mode', 'subscribe'],
    ['hub.topic', topic],
    ['hub.callback', `${peer.origin}/cb`],
  ] as const
  await sends(urlencoded(fields))
  await drain()
  world.advance({ minutes: 1 })
  await drain()
  challenged.push({ status: 403, body: '<title>Just a moment…</title>' })
  await publishes('<feed/>')
  world.advance({ minutes: 1 })
  await drain()
  assert.deepEqual(statuses(peer.requests), ['GET 503', 'GET 200', 'POST 403', 'POST 200'])
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { wholeHub } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { openSocket, publishes, streamUrl } from './setup.ts'

test('SF-08: the same over WebSocket, read by a client as browsers have it', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const client = await openSocket(t, streamUrl(hub.url, topic))
  for (const [at, content] of ['one', 'two'].entries()) {
    await publishes(hub, '/page', content, 'text/plain')
    await client.until(() => client.messages.length === at + 1, content)
  }
  assert.deepEqual(client.messages[1], {
    ...{ event: 'notification', number: 2, contentType: 'text/plain', self: topic },
    ...{ hubs: ['http://localhost:7/'], body: 'two' },
  })
  const resumed = await openSocket(t, streamUrl(hub.url, topic, { after: '1' }))
  await resumed.until(() => resumed.messages.length === 1, 'what came since')
  assert.equal(resumed.messages[0]?.number, 2)
  const lost = await openSocket(t, streamUrl(hub.url, topic, { after: '7' }))
  await lost.until(() => lost.messages.length === 2, 'the gap and what follows')
  assert.deepEqual(lost.messages[0], { event: 'gap', after: 7, next: 2 })
  const nothing = await openSocket(t, streamUrl(hub.url, hub.publisher.topic('/nothing'), { newest: 'true' }))
  await hub.drain()
  await nothing.until(() => nothing.messages.length === 1, 'that it could not be fetched')
  assert.equal(nothing.messages[0]?.event, 'unfetched')
})

test('a WebSocket is refused as an HTTP request, with the same sentences', async (t) => {
  const hub = await wholeHub(t)
  const answer = await rawUpgrade(hub.url, '/stream?topic=nowhere')
  assert.match(answer, /^HTTP\/1\.1 400 /)
  assert.match(answer, /x-content-type-options: nosniff/i)
  assert.match(answer, /topic must be an absolute URL that begins with http:\/\/ or https:\/\/\.\n$/)
  const foreign = await rawUpgrade(hub.url, '/stream?topic=http://t.example/', 'Origin: https://evil.example')
  assert.match(foreign, /^HTTP\/1\.1 403 /)
  const unready = await rawUpgrade(hub.url, '/stream?topic=http://t.example/', 'Sec-WebSocket-Version: 7')
  assert.match(unready, /^HTTP\/1\.1 400 /)
  assert.equal(hub.hub.readings.streamsOpen(), 0)
})

test('elsewhere, and for other protocols, an Upgrade is passed over', async (t) => {
  const hub = await wholeHub(t)
  assert.match(await rawUpgrade(hub.url, '/'), /^HTTP\/1\.1 200 /)
  const answer = await rawUpgrade(hub.url, '/health/live', 'Upgrade: h2c')
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*alive\n$/)
})

test('a client of a WebSocket that says more than nothing is closed', async (t) => {
  const hub = await wholeHub(t)
  const client = await openSocket(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  client.socket.send('x'.repeat(1024))
  client.socket.send('x'.repeat(1025))
  const [{ code }] = await once(client.socket, 'close')
  assert.equal(code, 1009)
  await until(() => hub.hub.readings.streamsOpen() === 0, 'the end')
})

test('heartbeats: a WebSocket that does not answer them is ended, one that does stays', async (t) => {
  const hub = await wholeHub(t)
  const url = streamUrl(hub.url, hub.publisher.topic('/page'))
  const client = await openSocket(t, url)
  const { hostname, port } = new URL(hub.url)
  const mute = connect(Number(port), hostname)
  t.after(() => mute.destroy())
  mute.write(upgradeRequest(`${url.pathname}${url.search}`, `${hostname}:${port}`))
  const ended = once(mute, 'close')
  mute.resume()
  await until(() => hub.hub.readings.streamsOpen() === 2, 'both')
  const pinger = setInterval(() => hub.world.stall(21_000), 500) // Each look after that sends a ping.
  t.after(() => clearInterval(pinger))
  await ended
  assert.equal(client.socket.readyState, WebSocket.OPEN)
})

/** What comes back until the hub closes. */
async function rawUpgrade(hub: string, target: string, ...fields: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(hub)
  const socket = connect(Number(port), hostname)
  socket.end(upgradeRequest(target, `${hostname}:${port}`, fields))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function upgradeRequest(target: string, host: string, fields: readonly string[] = []): string {
  const own = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'].filter(
    (field) => !fields.some((other) => other.split(':')[0] === field.split(':')[0]),
  )
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  return [`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', key, ...own, ...fields, '', ''].join('\r\n')
}

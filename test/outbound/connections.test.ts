import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { until } from '../support/until.ts'
import { delivery, fetching, okAnswer, outcome, startHttp, startRaw, startSender, startTcp } from './setup.ts'

test('deliveries to one origin share kept connections', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  for (let time = 0; time < 20; time += 1) assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(server.connections.length, 1)
  assert.deepEqual(sender.stats(), { openSockets: 1, idleConnections: 1, waiting: 0 })
})

test('64 deliveries at once to one origin take 64 connections and keep them', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  const lane = async () => {
    for (let time = 0; time < 20; time += 1) assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  }
  await Promise.all(Array.from({ length: 64 }, lane))
  assert.equal(server.connections.length, 64)
})

test('a connection that the server closes is not used again', async (t) => {
  const server = await startRaw(
    t,
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    okAnswer,
  )
  const sender = startSender(t)
  for (let time = 0; time < 4; time += 1) assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(server.connections.length, 3)
})

test('a kept connection that dies at once is replaced at once, one time (design “Retries”)', async (t) => {
  const cut = (socket: Socket) => void socket.resetAndDestroy()
  const server = await startRaw(t, okAnswer, cut, okAnswer, cut, cut, okAnswer)
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(server.requests.length, 3)
  assert.equal(outcome(await sender.send(delivery(server.url))), 'reset')
  assert.equal(server.requests.length, 5)
})

test('a connection that dies on its first request, or after a byte of its answer, is not tried again', async (t) => {
  const begin = (socket: Socket) => {
    socket.write('HTTP/1.1 2')
    setTimeout(() => socket.resetAndDestroy(), 20)
  }
  const server = await startRaw(t, (socket) => void socket.resetAndDestroy(), okAnswer, begin, okAnswer)
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(server.url))), 'reset')
  assert.equal(server.requests.length, 1)
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(outcome(await sender.send(delivery(server.url))), 'reset')
  assert.equal(server.requests.length, 3)
})

test('a server that restarted is reached over a new connection', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  await Promise.all(Array.from({ length: 5 }, () => sender.send(delivery(server.url))))
  for (const connection of server.connections) connection.destroy()
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
})

test('SEC-10: never more sockets than socketsMax; who has to wait is served in turn', async (t) => {
  let openMost = 0
  const urls: string[] = []
  let open = 0
  for (let server = 0; server < 10; server += 1) {
    const port = await startTcp(t, (socket) => {
      open += 1
      openMost = Math.max(openMost, open)
      socket.on('close', () => {
        open -= 1
      })
      socket.on('data', () => setTimeout(() => socket.write(okAnswer), 5))
    })
    urls.push(`http://127.0.0.1:${port}`)
  }
  const sender = startSender(t, { socketsMax: 4 })
  const results = await Promise.all(urls.flatMap((url) => Array.from({ length: 10 }, () => sender.send(delivery(url)))))
  assert.deepEqual(new Set(results.map(outcome)), new Set(['200 ok']))
  assert.ok(openMost <= 6, `${openMost} were open`) // A server hears of a close a little later than the hub.
  assert.ok(sender.stats().openSockets <= 4)
  assert.equal(sender.stats().waiting, 0)
})

test('SEC-10: with all sockets busy a request waits no longer than its deadline', async (t) => {
  const server = await startRaw(t, '')
  const sender = startSender(t, { socketsMax: 1 })
  const stop = new AbortController()
  const busy = sender.send(delivery(server.url), stop.signal)
  assert.equal(outcome(await sender.send(delivery(server.url, { timeoutMs: 50 }))), 'timeout')
  assert.equal(sender.stats().waiting, 0)
  stop.abort()
  assert.equal(outcome(await busy), 'stopped')
})

test('when room is needed, the connection idle longest is closed', async (t) => {
  const servers = await Promise.all([1, 2, 3].map(() => startRaw(t, okAnswer)))
  const sender = startSender(t, { socketsMax: 2 })
  const call = async (at: number) => outcome(await sender.send(delivery(servers[at]?.url ?? '')))
  for (const at of [0, 1, 0, 2, 0]) assert.equal(await call(at), '200 ok')
  assert.deepEqual(
    servers.map(({ connections }) => connections.length),
    [1, 1, 1],
  )
})

test('a server’s Keep-Alive hint is heeded, so that request and close do not meet', async (t) => {
  const server = await startRaw(t, 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok')
  const sender = startSender(t)
  await sender.send(delivery(server.url))
  await until(() => sender.stats().openSockets === 0, 'the last socket closed')
})

test('stop ends a request at once, in every phase, and concludes nothing', async (t) => {
  const server = await startRaw(t, '')
  const sender = startSender(t)
  const before = new AbortController()
  before.abort()
  assert.equal(outcome(await sender.send(delivery(server.url), before.signal)), 'stopped')
  const stop = new AbortController()
  const sent = Array.from({ length: 20 }, () => sender.send(delivery(server.url), stop.signal))
  await until(() => server.requests.length === 20, 'all requests')
  stop.abort()
  for (const result of await Promise.all(sent)) assert.equal(outcome(result), 'stopped')
  await until(() => sender.stats().openSockets === 0, 'the last socket closed')
})

test('close ends what is under way, leaves no socket, and refuses what comes later', async (t) => {
  const mute = await startRaw(t, '')
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  await sender.send(delivery(server.url))
  const sent = sender.send(delivery(mute.url))
  await until(() => mute.requests.length === 1, 'the request')
  await sender.close()
  assert.equal(outcome(await sent), 'stopped')
  assert.deepEqual(sender.stats(), { openSockets: 0, idleConnections: 0, waiting: 0 })
  assert.equal(outcome(await sender.send(delivery(server.url))), 'stopped')
  await sender.close()
})

test('a large delivery goes out whole, and a large topic comes in whole (SEC-11)', async (t) => {
  const large = Buffer.alloc(3_145_728, 'é')
  const url = await startHttp(t, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.end(request.method === 'POST' ? String(Buffer.concat(chunks).equals(large)) : large)
  })
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(url, { body: large }))), '200 true')
  const fetched = await sender.send(fetching(url, { bodyBytesMax: large.length }))
  assert.ok(fetched.kind === 'answer' && fetched.body.equals(large))
})

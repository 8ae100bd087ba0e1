import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Hono } from 'hono'
import type { App } from '../../src/inbound/app.ts'
import { startServer } from '../../src/inbound/server.ts'
import { startInbound, subscription, topic } from './setup.ts'

const form = String(new URLSearchParams(subscription))
const head = ['POST / HTTP/1.1', 'Host: hub.example', 'Content-Type: application/x-www-form-urlencoded']

function lines(...fields: string[]): string {
  return `${fields.join('\r\n')}\r\n\r\n`
}

/** Sends bytes as they are and keeps what comes until the other side closes. */
async function exchange(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
  const { socket, ended } = open(port)
  for (const piece of pieces) socket.write(piece)
  return ended
}

function open(port: number): { readonly socket: Socket; readonly ended: Promise<string> } {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {}) // A reset is an end like another.
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
  return { socket, ended }
}

function assertRefused(answer: string, status: number): void {
  assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
  assert.match(answer, /content-type: text\/plain; charset=utf-8/i)
  assert.match(answer, /x-content-type-options: nosniff/i)
  assert.equal(answer.match(/^HTTP\/1\.1/gm)?.length, 1, 'one answer only')
}

test('SEC-21: two lengths for one body are refused, whatever they say', async (t) => {
  const inbound = await startInbound(t)
  const length = `Content-Length: ${form.length}`
  const chunked = `${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`
  const smuggled = [
    lines(...head, length, 'Transfer-Encoding: chunked') + chunked,
    lines(...head, 'Transfer-Encoding: chunked', length) + chunked,
    lines(...head, length, length) + form,
    lines(...head, length, 'Content-Length: 5') + form,
    lines(...head, `${length}, ${form.length}`) + form,
    lines(...head, 'Transfer-Encoding: chunked, identity') + chunked,
    lines(...head, 'Transfer-Encoding: xchunked') + chunked,
    lines(...head, 'Transfer-Encoding : chunked') + chunked,
    lines(...head, 'Transfer-Encoding: gzip, chunked') + chunked,
    lines(...head, `Content-Length: +${form.length}`) + form,
    lines(...head, 'Content-Length: 0x10') + form,
    lines(...head, ' Content-Length: 5', length) + form,
  ]
  for (const bytes of smuggled) {
    const answer = await exchange(inbound.port, bytes, 'GET /health/live HTTP/1.1\r\nHost: hub.example\r\n\r\n')
    assertRefused(answer, 400)
  }
  assert.deepEqual(inbound.requested, [])
})

test('SEC-12 SEC-21: what is not HTTP is answered 400 in plain text', async (t) => {
  const inbound = await startInbound(t)
  const nonsense = [
    'nonsense\r\n\r\n',
    lines('GET / HTTP/1.1', 'Connection: close'),
    lines('GET /\0 HTTP/1.1', 'Host: hub.example'),
    lines('GET / HTTP/1.1', 'Host: hub.example', 'X: a\0b'),
    lines('GET / HTTP/1.1', 'Host: hub.example', 'X: a\rY: b'),
    lines('GET / HTTP/1.1', 'Host: hub.example', 'host: other.example', 'Connection: close'),
    lines('GET / HTTP/1.1', 'Host: a b'),
    lines('GET / HTTP/1.1', 'Host: user@hub.example'),
    lines('GET \\evil HTTP/1.1', 'Host: hub.example'),
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', // A TLS greeting.
  ]
  for (const bytes of nonsense) {
    const { socket, ended } = open(inbound.port)
    socket.end(bytes)
    assertRefused(await ended, 400)
  }
  assert.deepEqual(inbound.events.of('requestFailed'), [])
})

// Load balancers still ask so whether a hub is ready, and got 400: all hubs behind them would have been out of order.
test('HTTP/1.0 without a Host is answered, by a hub for others and by one for its own machine', async (t) => {
  for (const environment of [{ HUB_URL: 'https://hub.example/' }, {}]) {
    const inbound = await startInbound(t, { environment })
    assert.match(await exchange(inbound.port, lines('GET /health/ready HTTP/1.0')), /^HTTP\/1\.[01] 200 /)
  }
})

test('SEC-11: header fields beyond 16 KiB are answered 431', async (t) => {
  const inbound = await startInbound(t)
  assertRefused(
    await exchange(inbound.port, lines('GET / HTTP/1.1', 'Host: hub.example', `X: ${'x'.repeat(17_000)}`)),
    431,
  )
})

test('SUB-29 SEC-11: a body that is too large is answered before the rest is read, and the connection ends', async (t) => {
  const inbound = await startInbound(t)
  const declared = await exchange(inbound.port, lines(...head, 'Content-Length: 1073741824'), 'hub.mode=subscribe')
  assertRefused(declared, 413)
  assert.match(declared, /connection: close/i)
  const endless = open(inbound.port)
  endless.socket.write(lines(...head, 'Transfer-Encoding: chunked'))
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  for (let sent = 0; sent < 20; sent++) endless.socket.write(chunk)
  assertRefused(await endless.ended, 413)
})

test('SEC-10: a slow-loris is answered 408, in its header fields and in its body', { timeout: 10_000 }, async (t) => {
  const inbound = await startInbound(t, { limits: { headersMs: 100, requestMs: 300 } })
  const inHeaders = exchange(inbound.port, 'POST / HTTP/1.1\r\nHost: hub.example\r\nX: ')
  const inBody = exchange(inbound.port, lines(...head, `Content-Length: ${form.length}`), 'hub.mode=')
  assertRefused(await inHeaders, 408)
  assertRefused(await inBody, 408)
  assert.deepEqual(inbound.events.of('requestFailed'), [])
})

test('connections beyond the limit are not taken, and are again when others end', async (t) => {
  const inbound = await startInbound(t, { limits: { connections: 2 } })
  const held = [open(inbound.port), open(inbound.port)]
  for (const { socket } of held) await once(socket, 'connect')
  assert.equal(await exchange(inbound.port, lines('GET /health/live HTTP/1.1', 'Host: h')), '')
  for (const { socket } of held) socket.destroy()
  let answer = ''
  while (answer === '') {
    answer = await exchange(inbound.port, lines('GET /health/live HTTP/1.1', 'Host: h', 'Connection: close'))
  }
  assert.match(answer, /^HTTP\/1\.1 200/)
})

test('a kept connection serves request after request', async (t) => {
  const inbound = await startInbound(t)
  const post = lines(...head, `Content-Length: ${form.length}`) + form
  const answer = await exchange(
    inbound.port,
    post,
    post,
    lines('GET /health/live HTTP/1.1', 'Host: h', 'Connection: close'),
  )
  assert.deepEqual(answer.match(/^HTTP\/1\.1 \d+/gm), ['HTTP/1.1 202', 'HTTP/1.1 202', 'HTTP/1.1 200'])
})

test('a client that goes away in its body is neither served nor a failure', async (t) => {
  const inbound = await startInbound(t)
  const { socket, ended } = open(inbound.port)
  socket.write(`${lines(...head, 'Content-Length: 4000')}${form}`)
  await pause(20) // So that the request has begun; what follows holds either way.
  socket.destroy()
  await ended
  await fetch(`${inbound.url}/health/live`)
  assert.deepEqual([inbound.requested, inbound.events.of('requestFailed')], [[], []])
})

test('closing lets a running request end, tells its client so, and takes no other', { timeout: 10_000 }, async (t) => {
  const [arrival, accepted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const noteChange = () => {
    arrival.resolve()
    return accepted.promise
  }
  const inbound = await startInbound(t, { parts: { noteChange }, limits: { closeGraceMs: 60_000 } })
  const body = `hub.mode=publish&hub.url=${topic}`
  const answer = exchange(inbound.port, lines(...head, `Content-Length: ${body.length}`) + body)
  const idle = open(inbound.port)
  await arrival.promise
  const closed = inbound.close()
  await assert.rejects(fetch(`${inbound.url}/health/live`))
  accepted.resolve()
  assert.match(await answer, /^HTTP\/1\.1 204 (?:.|\r\n)*connection: close/i)
  await idle.ended
  await closed
  await inbound.close()
})

test('closing cuts what takes longer than the grace', async (t) => {
  const inbound = await startInbound(t, {
    parts: { noteChange: () => new Promise(() => {}) },
    limits: { closeGraceMs: 50 },
  })
  const body = `hub.mode=publish&hub.url=${topic}`
  const answer = exchange(inbound.port, lines(...head, `Content-Length: ${body.length}`) + body)
  await fetch(`${inbound.url}/health/live`)
  await inbound.close()
  assert.equal(await answer, '')
})

test('a port that is taken is an error, not a hub that hears nothing', async (t) => {
  const inbound = await startInbound(t)
  await assert.rejects(startInbound(t, { environment: { PORT: String(inbound.port) } }), { code: 'EADDRINUSE' })
})

// It was reset while its client still sent: what the client saw was a broken pipe, and it tried again for ever.
test('FAT-10 SUB-29: whoever is refused while it sends a large body can read why', async (t) => {
  const inbound = await startInbound(t)
  const body = Buffer.alloc(12 * 1024 * 1024, 'x')
  for (let tried = 0; tried < 5; tried++) {
    const socket = connect(inbound.port, '127.0.0.1')
    socket.write(lines(...head, `Content-Length: ${body.length}`))
    // Like a client that sends all of it before it reads anything.
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.write(body, (error) => (error ? reject(error) : resolve()))
    })
    const answer: Buffer[] = []
    for await (const chunk of socket) answer.push(chunk)
    assert.match(Buffer.concat(answer).toString(), /^HTTP\/1\.1 413 /)
  }
})

// Twenty publications of an event stream, sent down one connection without waiting, were numbered as it came.
test('FAT-11: requests that come down one connection at once are served one after the other', async (t) => {
  const app: App = new Hono()
  const began: string[] = []
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  app.post('/:at', async (c) => {
    const at = Number(c.req.param('at'))
    began.push(`begins ${at}`)
    await gates[at]?.promise
    began.push(`ends ${at}`)
    return c.text('')
  })
  t.after(() => gates[0]?.resolve())
  const server = await startServer(app, { HOST: '127.0.0.1', PORT: 0 })
  t.after(server.close)
  const post = (at: number, ...fields: string[]) =>
    lines(`POST /${at} HTTP/1.1`, 'Host: hub.example', 'Content-Length: 1', ...fields) + at
  const answers = exchange(Number(new URL(server.url).port), post(0) + post(1) + post(2, 'Connection: close'))
  gates[1]?.resolve()
  while (began.length === 0) await new Promise(setImmediate)
  // Another connection, served while the first request of this one is still held, is proof that the second had its time.
  await exchange(Number(new URL(server.url).port), post(3, 'Connection: close'))
  assert.deepEqual(began, ['begins 0', 'begins 3', 'ends 3'])
  gates[0]?.resolve()
  await answers
  assert.deepEqual(began.slice(3), ['ends 0', 'begins 1', 'ends 1', 'begins 2', 'ends 2'])
})

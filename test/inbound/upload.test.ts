import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { self, withKey } from './content-setup.ts'

const mib = 1024 ** 2

interface Upload {
  readonly socket: Socket
  /** Everything the hub has sent so far. */
  readonly answered: () => string
  /** Resolves once the hub has sent what matches. */
  answers(pattern: RegExp): Promise<void>
}

/** Opens an upload and sends its header, no more. */
async function begin(t: TestContext, port: number, headers: readonly string[]): Promise<Upload> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'connect')
  const lines = ['POST / HTTP/1.1', 'Host: hub.example', 'Content-Type: text/plain', `Link: ${self}`, ...headers]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return {
    socket,
    answered: () => text,
    async answers(pattern) {
      while (!pattern.test(text))
        await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ended(text))])
    },
  }
}

function ended(text: string): never {
  throw new Error(`The connection ended after: ${text}`)
}

test('FAT-02 FAT-06: who may not, or sends too much, is told so before the body, which is then not asked for', async (t) => {
  const { inbound, authorized } = await withKey(t)
  const authorization = `Authorization: ${authorized.Authorization}`
  for (const [status, ...headers] of [
    ['401', 'Content-Length: 5'],
    ['401', 'Authorization: Bearer nobody', 'Content-Length: 5'],
    ['413', authorization, `Content-Length: ${100 * mib}`],
    ['415', authorization, 'Content-Encoding: snappy', 'Content-Length: 5'],
    ['400', authorization, 'Idempotency-Key: a b', 'Content-Length: 5'],
    ['400', authorization, 'Content-Length: 0'],
  ] as const) {
    for (const expect of [[], ['Expect: 100-continue']]) {
      const upload = await begin(t, inbound.port, [...headers, ...expect])
      await upload.answers(/\r\n\r\n.+/s)
      assert.equal(upload.answered().slice(0, 12), `HTTP/1.1 ${status}`)
      // Else what comes next could be taken for the body.
      if (headers.at(-1) !== 'Content-Length: 0') assert.match(upload.answered(), /\r\nconnection: close\r\n/i)
      upload.socket.destroy()
    }
  }
  const wanted = await begin(t, inbound.port, [authorization, 'Content-Length: 5', 'Expect: 100-continue'])
  await wanted.answers(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  wanted.socket.write('hello')
  await wanted.answers(/^HTTP\/1\.1 202 /m)
  assert.deepEqual(
    inbound.handedOver.map(({ body }) => body.toString()),
    ['hello'],
  )
})

test('FAT-06: a body without a length is refused as soon as it is too large, and not read on', async (t) => {
  const { inbound, authorized } = await withKey(t, { environment: { CONTENT_BYTES_MAX: '64KiB' } })
  const upload = await begin(t, inbound.port, [
    `Authorization: ${authorized.Authorization}`,
    'Transfer-Encoding: chunked',
  ])
  const chunk = `4000\r\n${'.'.repeat(0x4000)}\r\n`
  let sent = 0
  const closed = once(upload.socket, 'close')
  for (; !upload.answered().includes('\r\n\r\n') && sent < 1000; sent++) {
    upload.socket.write(chunk)
    await pause(1)
  }
  assert.match(upload.answered(), /^HTTP\/1\.1 413 .*\r\nconnection: close/is)
  assert.ok(sent < 1000, 'the answer did not wait for the end, which never comes')
  await closed
})

test('SEC-10: a body that drips, or breaks off, is given up in time and leaves nothing behind', async (t) => {
  const { inbound, authorized, hand } = await withKey(t, { limits: { headersMs: 300, requestMs: 600 } })
  const header = [`Authorization: ${authorized.Authorization}`, 'Content-Length: 1000']
  const drips = await begin(t, inbound.port, header)
  const dripping = setInterval(() => drips.socket.write('.'), 50)
  t.after(() => clearInterval(dripping))
  await drips.answers(/^HTTP\/1\.1 408 /)
  const breaksOff = await begin(t, inbound.port, header)
  breaksOff.socket.write('half of it')
  breaksOff.socket.destroy()
  assert.equal((await hand('whole')).status, 202)
  assert.deepEqual(
    inbound.handedOver.map(({ body }) => body.toString()),
    ['whole'],
  )
  assert.deepEqual(inbound.events.of('requestFailed'), [])
})

test('what all uploads hold is bounded: beyond it the next is told to come again, and has room once one has ended', async (t) => {
  const { inbound, authorized, hand } = await withKey(t)
  const header = [`Authorization: ${authorized.Authorization}`, `Content-Length: ${10 * mib}`, 'Expect: 100-continue']
  const open = await Promise.all(Array.from({ length: 6 }, () => begin(t, inbound.port, header)))
  for (const each of open) await each.answers(/ 100 Continue/)
  const seventh = await begin(t, inbound.port, header)
  await seventh.answers(/^HTTP\/1\.1 503 .*\r\nretry-after: \d/is)
  assert.equal((await hand('small')).status, 202, 'four of the 64 MiB are left')
  open[0]?.socket.destroy()
  for (;;) {
    const next = await begin(t, inbound.port, header)
    await next.answers(/^HTTP\/1\.1 \d+ /)
    if (/ 100 Continue/.test(next.answered())) break // The hub may hear of the end a moment later.
  }
})

test('what is not written yet keeps its room, though its client was told that it takes too long', async (t) => {
  const { promise: written, resolve: write } = Promise.withResolvers<void>()
  const { hand } = await withKey(t, {
    patience: { commitMs: 300 },
    parts: { takeHandedOver: () => written.then(() => ({ topicId: 1, number: 1, result: 'new' })) },
  })
  const body = new Uint8Array(10 * mib)
  const late = await Promise.all(Array.from({ length: 6 }, () => hand(body)))
  assert.deepEqual(
    late.map(({ status, text }) => [status, /send it again/.test(text)]),
    Array.from({ length: 6 }, () => [503, true]),
  )
  const crowded = await hand(body)
  assert.deepEqual([crowded.status, /too many large bodies/.test(crowded.text)], [503, true])
  write()
  assert.equal((await hand(body)).status, 202)
})

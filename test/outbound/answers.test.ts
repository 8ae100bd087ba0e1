import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { OutboundRequest } from '../../src/world.ts'
import { delivery, fetching, okAnswer, outcome, startHttp, startRaw, startSender } from './setup.ts'

const verifying: Partial<OutboundRequest> = { purpose: 'verify', method: 'GET' }

function end(text: string) {
  return (socket: Socket) => {
    socket.end(text, 'latin1')
  }
}

function reset(text: string) {
  return (socket: Socket) => {
    socket.write(text, 'latin1', () => setTimeout(() => socket.resetAndDestroy(), 20))
  }
}

const broken: readonly (readonly [what: string, answer: string | ((socket: Socket) => void), failure: string])[] = [
  ['a body shorter than its length', end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'), 'reset'],
  [
    'the same from a server that closes',
    end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nshort'),
    'reset',
  ],
  ['chunks that break off', end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n'), 'reset'],
  [
    'chunks that break off, from a server that closes',
    end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n'),
    'reset',
  ],
  ['a body without a length that ends in a reset', reset('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nshort'), 'reset'],
  ['headers that break off', end('HTTP/1.1 200 OK\r\nContent-Le'), 'reset'],
  ['no answer at all', end(''), 'reset'],
  ['a chunk length that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'protocol'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok', 'protocol'],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'protocol',
  ],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'protocol'],
  [
    'a switch of protocols',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    'protocol',
  ],
  ['headers without end', (socket) => void flood(socket), 'protocol'],
]

function flood(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n')
  const more = () => {
    while (!socket.destroyed && socket.write(`X: ${'y'.repeat(1000)}\r\n`));
  }
  socket.on('drain', more)
  more()
}

for (const [what, answer, failure] of broken) {
  test(`FETCH-07: ${what} is never content, but a failure: ${failure}`, async (t) => {
    const server = await startRaw(t, answer)
    const sender = startSender(t)
    const result = await sender.send(fetching(server.url))
    assert.equal(outcome(result), failure)
    assert.ok(
      result.kind === 'no-answer' && result.why.includes(`127.0.0.1:${server.port}`),
      'the sentence names the host',
    )
  })
}

test('RETRY-15: of a delivery the status is the answer, whatever becomes of the body', async (t) => {
  const server = await startRaw(
    t,
    end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'),
    end('HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n'),
  )
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 short')
  assert.equal(outcome(await sender.send(delivery(server.url))), '410 short')
  assert.equal(outcome(await sender.send(delivery(server.url, verifying))), 'reset')
})

test('RETRY-15 VER-18: an endless answer is cut off and the connection closed', async (t) => {
  let sent = 0
  const url = await startHttp(t, (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(8192, 'x'))) sent += 8192
    }
    response.on('drain', more)
    more()
  })
  const sender = startSender(t)
  const result = await sender.send(delivery(url, { bodyBytesMax: 100 }))
  assert.equal(outcome(result), `200 ${'x'.repeat(100)}`)
  await sender.close()
  assert.ok(sent < 20_000_000, `${sent} bytes were taken`)
})

test('RETRY-15: an answer that drips past the deadline is a delivery’s answer, and a verification’s time-out', async (t) => {
  const server = await startRaw(t, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ndrip')
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(server.url, { timeoutMs: 100 }))), '200 drip')
  assert.equal(outcome(await sender.send(delivery(server.url, { ...verifying, timeoutMs: 100 }))), 'timeout')
})

test('SEC-11 FETCH-08: a body above the limit fails a fetch, by its length before it is read, by its bytes otherwise', async (t) => {
  const server = await startRaw(
    t,
    'HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n',
    `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(101)}`,
  )
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(fetching(server.url, { bodyBytesMax: 100 }))), 'too-large')
  assert.equal(outcome(await sender.send(fetching(server.url, { bodyBytesMax: 100 }))), 'too-large')
})

test('SEC-11 FETCH-08: a body of exactly the limit is content', async (t) => {
  const server = await startRaw(t, `HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${'x'.repeat(100)}`)
  assert.equal(
    outcome(await startSender(t).send(fetching(server.url, { bodyBytesMax: 100 }))),
    `200 ${'x'.repeat(100)}`,
  )
})

test('SEC-10 FETCH-08: silence at any point ends with the deadline', async (t) => {
  const server = await startRaw(t, '', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc')
  const sender = startSender(t)
  for (const point of ['before the answer', 'in its head', 'in its body']) {
    const began = performance.now()
    const result = await sender.send(fetching(server.url, { timeoutMs: 150 }))
    assert.equal(outcome(result), 'timeout', point)
    assert.ok(performance.now() - began < 1500, point)
  }
})

const text = 'a text that is compressed, compressed, compressed'
const encodings: readonly (readonly [coding: string, body: Buffer])[] = [
  ['gzip', gzipSync(text)],
  ['X-GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  // RFC 8878 §3: several frames are what they hold, one after the other; a skippable one holds nothing.
  ['zstd', Buffer.concat([text.slice(0, 9), '', text.slice(9)].map((part) => zstdCompressSync(part)))],
  ['zstd', Buffer.concat([Buffer.from('502a4d1803000000010203', 'hex'), zstdCompressSync(text)])],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
  ['utf-8', Buffer.from(text)],
  // Names that every object has: a topic that sent them was fetched for ever, and threw each time.
  ['__proto__', Buffer.from(text)],
  ['constructor, toString', Buffer.from(text)],
]

for (const [coding, body] of encodings) {
  test(`FETCH-09: a body sent as ${coding} (${body[0]}, ${body.length} bytes) though identity was asked for is decoded`, async (t) => {
    const url = await startHttp(t, (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': coding }).end(body),
    )
    assert.equal(outcome(await startSender(t).send(fetching(url))), `200 ${text}`)
  })
}

test('FETCH-09 FETCH-07: a compressed body that breaks off or is none is never content', async (t) => {
  const frames = zstdCompressSync(text)
  const bodies = [
    ...[gzipSync(text).subarray(0, 30), Buffer.from('plain text'), brotliCompressSync(text).subarray(0, 10)],
    ...[Buffer.concat([frames, frames.subarray(0, 20)]), Buffer.concat([frames, Buffer.from('plain text')])],
    Buffer.concat(new Array(1001).fill(zstdCompressSync(''))),
  ]
  const codings = ['gzip', 'gzip', 'br', 'zstd', 'zstd', 'zstd']
  let at = 0
  const url = await startHttp(t, (_request, response) => {
    response.writeHead(200, { 'Content-Encoding': codings[at] }).end(bodies[at])
    at += 1
  })
  const sender = startSender(t)
  for (const _body of bodies) assert.equal(outcome(await sender.send(fetching(url))), 'protocol')
})

test('SEC-11: a bomb is stopped at the limit, and memory stays flat', async (t) => {
  const bomb = gzipSync(Buffer.alloc(100_000_000))
  const url = await startHttp(t, (_request, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
  )
  const sender = startSender(t)
  const before = process.memoryUsage().rss
  assert.equal(outcome(await sender.send(fetching(url))), 'too-large')
  const result = await sender.send(delivery(url, { ...verifying, bodyBytesMax: 1000 }))
  assert.ok(result.kind === 'answer' && result.body.length === 1000)
  assert.ok(process.memoryUsage().rss - before < 50_000_000)
})

test('VER-09: interim answers are passed over, an unasked 100 Continue too (RFC 9110 §15.2)', async (t) => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const server = await startRaw(
    t,
    `HTTP/1.1 100 Continue\r\n\r\n${okAnswer}`,
    (socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n', () => setTimeout(() => socket.write(okAnswer), 20))
    },
    `${early}${early}${okAnswer}`,
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n')
      setTimeout(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20)
    },
  )
  const sender = startSender(t)
  for (let time = 0; time < 3; time += 1) assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
  assert.equal(outcome(await sender.send(fetching(server.url))), '200 HTTP/1.1 100 Continue\r\n\r\n')
})

test('FETCH-03: a 304 or 204 that tells the length of what it does not send is an answer at once', async (t) => {
  const server = await startRaw(
    t,
    'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 1234\r\n\r\n',
    'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
  )
  const sender = startSender(t)
  const result = await sender.send(fetching(server.url))
  assert.equal(outcome(result), '304 ')
  assert.ok(result.kind === 'answer' && result.headers.get('etag')?.[0] === '"x"')
  assert.equal(outcome(await sender.send(delivery(server.url))), '204 ')
})

test('SEC-21: what a server sends beyond its answer never becomes the next answer', async (t) => {
  const server = await startRaw(t, `${okAnswer}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`, okAnswer)
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(fetching(server.url))), '200 ok')
  assert.equal(outcome(await sender.send(fetching(server.url))), '200 ok')
})

test('SEC-14: no sentence tells the path or the query of what was called', async (t) => {
  const server = await startRaw(t, 'garbage /secret\r\n', 'HTTP/1.1 302 Found\r\n\r\n', '')
  const sender = startSender(t)
  const url = `${server.url}/secret?token=secret`
  const results = [
    await sender.send(fetching(url)),
    await sender.send(fetching(url)),
    await sender.send(fetching(url, { timeoutMs: 50 })),
    await sender.send(fetching('http://127.0.0.1:1/secret')),
    await sender.send(fetching('http://10.0.0.1/secret')),
    await sender.send(fetching('gopher://h/secret')),
  ]
  for (const result of results)
    assert.ok(result.kind === 'no-answer' && !result.why.includes('secret'), JSON.stringify(result))
})

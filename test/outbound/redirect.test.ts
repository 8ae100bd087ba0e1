import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { delivery, fetching, okAnswer, outcome, startRaw, startSender } from './setup.ts'

function redirect(location: string, status = 302): string {
  return `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 4\r\n\r\nover`
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`VER-11 RETRY-03 MIG-12: a callback’s ${status} is its answer and is not followed (§5.3.1, §7)`, async (t) => {
    const target = await startRaw(t, okAnswer)
    const server = await startRaw(t, redirect(target.url, status))
    const sender = startSender(t)
    assert.equal(outcome(await sender.send(delivery(server.url))), `${status} over`)
    const verification = delivery(server.url, { purpose: 'verify', method: 'GET', addedQuery: 'hub.mode=subscribe' })
    assert.equal(outcome(await sender.send(verification)), `${status} over`)
    assert.equal(target.connections.length, 0)
  })

  test(`FETCH-02: a topic’s ${status} is followed, and the URL that answered is told`, async (t) => {
    const target = await startRaw(t, okAnswer)
    const server = await startRaw(t, redirect(`${target.url}/new?a=%7E#part`, status))
    const result = await startSender(t).send(fetching(`${server.url}/old`, { headers: { 'If-None-Match': '"x"' } }))
    assert.equal(outcome(result), '200 ok')
    assert.ok(result.kind === 'answer')
    assert.equal(result.url, `${target.url}/new?a=%7E`)
    assert.match(target.requests[0] ?? '', /^GET \/new\?a=%7E HTTP[\s\S]*If-None-Match: "x"/)
  })
}

test('FETCH-02: as many redirects as allowed are followed, relative ones too; one more is a failure', async (t) => {
  const chain = ['/a/b', 'c', '../d', '?e', '//127.0.0.1:PORT/f']
  let port = 0
  const server = await startRaw(
    t,
    ...chain.map((location) => (socket: Socket) => {
      socket.write(redirect(location.replace('PORT', String(port))))
    }),
    okAnswer,
  )
  port = server.port
  const result = await startSender(t).send(fetching(`${server.url}/`))
  assert.equal(outcome(result), '200 ok')
  assert.deepEqual(
    server.requests.map((request) => request.split(' ')[1]),
    ['/', '/a/b', '/a/c', '/d', '/d?e', '/f'],
  )
  const long = await startRaw(
    t,
    ...['/1', '/2', '/3', '/4', '/5', '/6'].map((location) => redirect(location)),
    okAnswer,
  )
  assert.equal(outcome(await startSender(t).send(fetching(`${long.url}/`))), 'redirects')
  assert.equal(long.requests.length, 6)
})

for (const [what, location] of [
  ['a circle', '/'],
  ['no http URL', 'file:///etc/passwd'],
  ['no URL', 'http://['],
]) {
  test(`FETCH-02: a redirect to ${what} is a failure`, async (t) => {
    const server = await startRaw(t, redirect(location ?? ''))
    assert.equal(outcome(await startSender(t).send(fetching(`${server.url}/`))), 'redirects')
    assert.equal(server.requests.length, 1)
  })
}

test('FETCH-02: a redirect without Location is a failure, and 300 and 304 are none', async (t) => {
  const empty = 'Content-Length: 0\r\n\r\n'
  const server = await startRaw(t, `HTTP/1.1 301 Moved\r\n${empty}`, `HTTP/1.1 300 Many\r\nLocation: /x\r\n${empty}`)
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(fetching(server.url))), 'redirects')
  assert.equal(outcome(await sender.send(fetching(server.url))), '300 ')
})

test('MIG-12 SEC-02: every hop passes the gate: a redirect to a forbidden address makes no connection', async (t) => {
  const inner = await startRaw(t, okAnswer)
  const sender = startSender(t, { loopbackAllowed: false, topicAllow: ['127.0.0.1'] })
  for (const host of ['127.0.0.2', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706434', '169.254.169.254']) {
    const server = await startRaw(t, redirect(`http://${host}:${inner.port}/`))
    assert.equal(outcome(await sender.send(fetching(server.url))), 'forbidden', host)
  }
  assert.equal(inner.connections.length, 0)
})

test('FETCH-02 SEC-10: one deadline covers all hops', async (t) => {
  let hop = 0
  const server = await startRaw(t, (socket) => {
    hop += 1
    setTimeout(() => socket.write(redirect(`/${hop}`)), 100)
  })
  const result = await startSender(t).send(fetching(server.url, { redirectsMax: 1000, timeoutMs: 350 }))
  assert.equal(outcome(result), 'timeout')
  assert.ok(hop > 1)
})

test('FETCH-02: a body too large on the way does not matter where it leads on', async (t) => {
  const large = `HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 200\r\n\r\n${'x'.repeat(200)}`
  const server = await startRaw(t, large, okAnswer)
  assert.equal(outcome(await startSender(t).send(fetching(server.url, { bodyBytesMax: 100 }))), '200 ok')
})

test('FETCH-02 FETCH-08: a redirect is followed without waiting for the end of its body', async (t) => {
  const server = await startRaw(t, 'HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nnever ends', okAnswer)
  assert.equal(outcome(await startSender(t).send(fetching(server.url, { timeoutMs: 2000 }))), '200 ok')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivery, fetching, okAnswer, outcome, startRaw, startSender } from './setup.ts'

function head(request: string | undefined): string[] {
  return (request ?? '').split('\r\n\r\n')[0]?.split('\r\n') ?? []
}

test('DIST-17: a delivery is plain: its length, no chunks, no Expect, no encoding, headers cased as given (A-42)', async (t) => {
  const server = await startRaw(t, okAnswer)
  const headers = {
    'Content-Type': 'application/atom+xml; charset="utf-8"',
    Link: '<http://h/>; rel="hub", <http://t/>; rel="self"',
    'X-Hub-Signature': 'sha256=abc',
  }
  const result = await startSender(t).send(delivery(`${server.url}/cb`, { headers, body: Buffer.from('é') }))
  assert.equal(outcome(result), '200 ok')
  const [requestLine, ...fields] = head(server.requests[0])
  assert.equal(requestLine, 'POST /cb HTTP/1.1')
  assert.deepEqual(
    fields.filter((field) => !/^(host|connection)/i.test(field)),
    [
      'Content-Type: application/atom+xml; charset="utf-8"',
      'Link: <http://h/>; rel="hub", <http://t/>; rel="self"',
      'X-Hub-Signature: sha256=abc',
      'User-Agent: Fanfare (+http://hub.example/)',
      'Accept: */*',
      'Accept-Encoding: identity',
      'content-length: 2',
    ],
  )
  assert.equal(server.requests[0]?.split('\r\n\r\n')[1], Buffer.from('é').toString('latin1'))
})

test('DIST-17: an empty delivery says that it is empty', async (t) => {
  const server = await startRaw(t, okAnswer)
  await startSender(t).send(delivery(server.url, { body: new Uint8Array(0) }))
  assert.match(server.requests[0] ?? '', /\r\ncontent-length: 0\r\n\r\n$/)
})

test('FETCH-12 VER-21: a GET has no body, no cookie, no credentials and no referrer, also after Set-Cookie', async (t) => {
  const server = await startRaw(t, 'HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n')
  const sender = startSender(t)
  await sender.send(fetching(server.url.replace('//', '//user:secret@')))
  await sender.send(fetching(server.url))
  assert.equal(server.requests.length, 2)
  for (const request of server.requests) {
    assert.doesNotMatch(request, /cookie|authorization|referer|content-length|secret/i)
  }
})

test('FETCH-04: Accept and Accept-Encoding are said unless given, and given ones replace them in any casing', async (t) => {
  const server = await startRaw(t, okAnswer)
  await startSender(t).send(fetching(server.url, { headers: { accept: 'text/html', 'USER-AGENT': 'me' } }))
  const fields = head(server.requests[0]).map((field) => field.toLowerCase())
  assert.deepEqual(
    fields.filter((field) => /^(accept:|user-agent:)/.test(field)),
    ['accept: text/html', 'user-agent: me'],
  )
  assert.ok(fields.includes('accept-encoding: identity'))
})

test('VER-08 DIST-11: the very callback is called, its bytes untouched, with what a verification adds (§8.3)', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  const target = '/CB/%7Eu/a%2Fb/../;p?x=%20y+z'
  await sender.send(delivery(server.url + target))
  await sender.send(
    delivery(server.url + target, { purpose: 'verify', method: 'GET', addedQuery: 'hub.mode=subscribe' }),
  )
  assert.match(server.requests[0] ?? '', /^POST \/CB\/%7Eu\/a%2Fb\/\.\.\/;p\?x=%20y\+z HTTP/)
  assert.match(server.requests[1] ?? '', /^GET \/CB\/%7Eu\/a%2Fb\/\.\.\/;p\?x=%20y\+z&hub\.mode=subscribe HTTP/)
})

test('DIST-11: Host names the port unless it is the scheme’s own, and brackets IPv6', async (t) => {
  const server = await startRaw(t, okAnswer)
  await startSender(t).send(fetching(`${server.url.replace('127.0.0.1', 'LOCALHOST')}/`))
  assert.ok(head(server.requests[0]).includes(`host: localhost:${server.port}`))
})

test('SEC-12: a header that would break the request is our own mistake: told of, not sent, and a try all the same', async (t) => {
  const server = await startRaw(t, okAnswer)
  const told: unknown[] = []
  const sender = startSender(t, { onError: (error) => told.push(error) })
  const result = await sender.send(delivery(server.url, { headers: { Link: 'a\r\nX: b' } }))
  assert.equal(outcome(result), 'protocol')
  assert.match(String(told), /cannot be sent/)
  assert.equal(server.requests.length, 0)
  assert.equal(outcome(await sender.send(delivery(server.url))), '200 ok')
})

test('an answer’s headers keep their bytes, and a field that comes twice has two values', async (t) => {
  const links = 'Link: </a>; rel=hub\r\nlink: </\xc3\xa9>; rel=self\r\n'
  const server = await startRaw(t, `HTTP/1.1 200 OK\r\n${links}Content-Length: 0\r\n\r\n`)
  const result = await startSender(t).send(fetching(server.url))
  assert.ok(result.kind === 'answer')
  assert.deepEqual(result.headers.get('link'), ['</a>; rel=hub', '</\xc3\xa9>; rel=self'])
})

test('the phases are timed, and a kept connection has none for its name and its connecting', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t)
  const { timing } = await sender.send(delivery(server.url.replace('127.0.0.1', 'localhost')))
  for (const phase of [timing.nameMs, timing.connectMs, timing.firstByteMs, timing.totalMs]) {
    assert.ok(Number.isInteger(phase), JSON.stringify(timing))
  }
  const again = (await sender.send(delivery(server.url.replace('127.0.0.1', 'localhost')))).timing
  assert.deepEqual([again.nameMs, again.connectMs], [null, null])
  assert.ok(Number.isInteger(again.firstByteMs))
})

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { json, self, topic, withKey } from './content-setup.ts'

test('FAT-01 FAT-07 A-35: the body is the content; Link names its topic, and 202 tells its number', async (t) => {
  const { inbound, hand } = await withKey(t)
  const told = await hand('{"a":1}', { 'Content-Type': 'Application/JSON; charset="UTF-8"', Link: self })
  assert.deepEqual([told.status, told.headers.get('fanfare-number')], [202, '1'])
  assert.equal(told.text, 'Accepted: this is number 1 of the topic.\n')
  const [content] = inbound.handedOver
  assert.deepEqual(
    [content?.topic, content?.body.toString(), content?.contentType, content?.hubs, content?.idempotencyKey],
    [topic, '{"a":1}', 'Application/JSON; charset="UTF-8"', [], null],
  )
})

test('FAT-01 FAT-07: the query names the topic as well, and is answered as its clients wait for', async (t) => {
  const { inbound, hand } = await withKey(t)
  const query = `?${new URLSearchParams({ 'hub.mode': 'publish', 'hub.topic': topic })}`
  const told = await hand('{}', { 'Content-Type': 'application/json' }, query)
  assert.deepEqual([told.status, told.text], [200, 'hub.mode=accepted'])
  assert.equal(told.headers.get('content-type'), 'application/x-www-form-urlencoded')
  assert.equal(told.headers.get('fanfare-number'), '1')
  assert.equal((await hand('{}', json, query)).status, 200, 'named twice, the same')
  const other = await hand('{}', { ...json, Link: self.replace('/1', '/2') }, query)
  assert.equal(other.status, 400)
  assert.match(other.text, /2 different topics/)
  assert.deepEqual(
    inbound.handedOver.map((content) => content.topic),
    [topic, topic],
  )
})

test('FAT-05: a form is content where the query or a header of its client says so, and else parameters', async (t) => {
  const { inbound, hand, post } = await withKey(t)
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const query = `?${new URLSearchParams({ 'hub.mode': 'publish', 'hub.topic': topic })}`
  assert.equal((await hand('a=1&b=2', form, query)).status, 200)
  assert.equal((await hand('c=3', { ...form, Link: self, 'X-Ballerina-Publisher': 'publish' })).status, 202)
  assert.deepEqual(
    inbound.handedOver.map(({ body, contentType }) => [body.toString(), contentType]),
    [
      ['a=1&b=2', form['Content-Type']],
      ['c=3', form['Content-Type']],
    ],
  )
  const ping = new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic })
  assert.equal((await post(String(ping), { ...form, Link: self })).status, 204)
  assert.equal((await post('', form, query)).status, 204, 'PUB-23: nothing but the query is a ping')
  assert.equal((await post(String(ping), form, query)).status, 401, 'the query says that the form is content')
  assert.deepEqual(inbound.noted, [[topic], [topic]])
  const untold = await hand('{"a":1}', { ...form, Link: self })
  assert.deepEqual([untold.status, /-H "Content-Type: …"/.test(untold.text)], [400, true], 'as curl sends it')
})

test('FAT-01 FAT-02 SEC-20: without topic and key both are named, before any 401; without a key, the key', async (t) => {
  const { inbound, post, authorized, secret, revoke } = await withKey(t)
  const neither = await post('{}', { 'Content-Type': 'application/json' })
  assert.equal(neither.status, 400)
  assert.match(
    neither.text,
    /Link: <.*rel="self".*hub\.topic.*Authorization: Bearer.*application\/x-www-form-urlencoded/,
  )
  const noTopic = await post('{}', { 'Content-Type': 'application/json', ...authorized })
  assert.deepEqual([noTopic.status, /Link: </.test(noTopic.text)], [400, true])

  const unauthorized = async (headers: Readonly<Record<string, string>>) => {
    const told = await post('{}', { ...json, ...headers })
    assert.deepEqual([told.status, told.headers.get('www-authenticate')], [401, 'Bearer realm="fanfare"'])
    return told.text
  }
  assert.match(await unauthorized({}), /send Authorization: Bearer/)
  assert.match(await unauthorized({ Authorization: 'Basic dTpw' }), /send Authorization: Bearer/)
  assert.match(await unauthorized({ Authorization: `Bearer ${secret}x` }), /no such key/)
  await revoke()
  assert.match(await unauthorized(authorized), /revoked/)
  assert.deepEqual(inbound.handedOver, [])
})

test('FAT-02: a key that does not cover the topic is 403, however the topic is spelled', async (t) => {
  const { inbound, hand } = await withKey(t)
  for (const other of [
    'https://publisher.example/other',
    'https://publisher.example/events/../private',
    'https://publisher.example/events/..%2fprivate',
    'https://publisher.example.evil.example/events/1',
    'http://publisher.example/events/1',
    'https://publisher.example:8443/events/1',
  ]) {
    const told = await hand('{}', { ...json, Link: `<${other}>; rel="self"` })
    assert.deepEqual([told.status, other], [403, other])
    assert.match(told.text, /https:\/\/publisher\.example\/events\/\*/)
  }
  assert.equal((await hand('{}', { ...json, Link: '<HTTPS://Publisher.example:443/events/1>; rel=self' })).status, 202)
  assert.equal(inbound.handedOver.length, 1)
})

test('FAT-13: what would be sent on is checked first: a topic must be a URL, a Content-Type a media type', async (t) => {
  const { inbound, hand } = await withKey(t)
  for (const link of [
    '<javascript:x>; rel=self',
    '</events/1>; rel=self',
    '<https://u:p@publisher.example/>; rel=self',
  ]) {
    const told = await hand('{}', { ...json, Link: link })
    assert.deepEqual([told.status, link], [400, link])
    assert.match(told.text, /^The topic in Link rel="self" must/)
  }
  // Taken, it would be the topic …/%EF%BF%BD, which nobody means and nobody subscribes to.
  const latin1 = await hand('{}', { ...json, Link: '<https://publisher.example/events/\xfc>; rel="self"' })
  assert.deepEqual([latin1.status, latin1.text.startsWith('Link must be UTF-8')], [400, true])
  for (const type of [
    'json',
    'a/b/c',
    'text/plain; charset',
    'text/html; a="b',
    'text/html, text/plain',
    'tëxt/html',
    'text/'.padEnd(300, 'x'),
  ]) {
    const told = await hand('{}', { ...json, 'Content-Type': type })
    assert.deepEqual([told.status, type], [400, type])
    assert.match(told.text, /^Content-Type must be one media type/)
  }
  for (const idempotencyKey of ['', 'a b', 'a, b', 'x'.repeat(256), 'ä']) {
    const told = await hand('{}', { ...json, 'Idempotency-Key': idempotencyKey })
    assert.deepEqual([told.status, idempotencyKey], [400, idempotencyKey])
    assert.match(told.text, /^Idempotency-Key must be/)
  }
  assert.deepEqual(inbound.handedOver, [])
  const types = ['text/html;charset=utf-8', 'text/x.y-z+json ; a=1; b="q \\" ;" ;', 'multipartx/mixed']
  for (const type of types) assert.equal((await hand('{}', { ...json, 'Content-Type': type })).status, 202, type)
  assert.deepEqual(
    inbound.handedOver.map(({ contentType }) => contentType),
    types,
  )
  const utf8 = Buffer.from('<https://publisher.example/events/ü>; rel="self"').toString('latin1')
  assert.equal((await hand('{}', { ...json, Link: utf8 })).status, 202)
  assert.deepEqual(
    inbound.handedOver.slice(types.length).map(({ topic }) => topic),
    ['https://publisher.example/events/ü'],
  )
})

test('FAT-12: several topics in one request are refused, whatever their form', async (t) => {
  const { inbound, hand } = await withKey(t)
  const data = new FormData()
  data.append('a', 'b')
  assert.equal((await hand(data, { Link: self })).status, 415)
  assert.equal((await hand('--x--', { ...json, 'Content-Type': 'multipart/mixed; boundary=x' })).status, 415)
  const links = await hand('{}', { ...json, Link: `${self}, <https://publisher.example/events/2>; rel="self"` })
  assert.deepEqual([links.status, /2 different topics/.test(links.text)], [400, true])
  assert.deepEqual(inbound.handedOver, [])
})

test('FAT-06: an empty body is 400, with a length, without one, and behind a coding', async (t) => {
  const { inbound, hand } = await withKey(t)
  const chunked = (...chunks: Uint8Array[]) =>
    new ReadableStream({
      start(stream) {
        for (const chunk of chunks) stream.enqueue(chunk)
        stream.close()
      },
    })
  for (const body of ['', chunked()]) assert.match((await hand(body)).text, /^The body is empty/)
  for (const [body, coding] of [
    [gzipSync(''), 'gzip'],
    [chunked(), 'gzip'],
    [chunked(), 'deflate'],
  ] as const) {
    const told = await hand(body, { ...json, 'Content-Encoding': coding })
    assert.deepEqual([told.status, told.text.slice(0, 17), coding], [400, 'The body is empty', coding])
  }
  assert.equal((await hand(chunked(Buffer.from('{'), Buffer.from('}')))).status, 202)
  assert.deepEqual(
    inbound.handedOver.map(({ body }) => body.toString()),
    ['{}'],
  )
})

test('FAT-09: codings are undone, several in their order; an unknown one is 415 with those that are known', async (t) => {
  const { inbound, hand } = await withKey(t)
  const content = JSON.stringify(Array.from({ length: 20_000 }, (_, at) => at))
  const coded = (body: Buffer, coding: string) => hand(new Uint8Array(body), { ...json, 'Content-Encoding': coding })
  for (const [coding, body] of [
    ['gzip', gzipSync(content)],
    ['X-GZIP', gzipSync(content)],
    ['br', brotliCompressSync(content)],
    ['zstd', zstdCompressSync(content)],
    ['deflate', deflateSync(content)],
    ['deflate', deflateRawSync(content)],
    ['identity', Buffer.from(content)],
    ['gzip, br', brotliCompressSync(gzipSync(content))],
    ['deflate, identity, gzip', gzipSync(deflateRawSync(content))],
  ] as const) {
    assert.equal((await coded(body, coding)).status, 202, coding)
    assert.equal(inbound.handedOver.at(-1)?.body.toString() === content, true, coding)
    assert.deepEqual(inbound.handedOver.at(-1)?.sha256, createHash('sha256').update(content).digest(), coding)
  }
  const taken = inbound.handedOver.length
  for (const coding of ['compress', 'constructor', 'gzip, snappy', 'gzip, gzip, gzip, gzip']) {
    const told = await coded(gzipSync(content), coding)
    assert.deepEqual([told.status, told.headers.get('accept-encoding')], [415, 'gzip, deflate, br, zstd'], coding)
  }
  const packed = gzipSync(content)
  for (const [coding, body] of [
    ['gzip', Buffer.from(content)],
    ['gzip', packed.subarray(0, packed.length - 9)],
    ['br', Buffer.from(content)],
    ['zstd', zstdCompressSync(content).subarray(0, 20)],
    ['deflate', Buffer.concat([deflateSync(content), Buffer.from('more')])],
    ['br, gzip', packed],
  ] as const) {
    const told = await coded(body, coding)
    assert.deepEqual([told.status, coding], [400, coding])
    assert.match(told.text, /not what its Content-Encoding says/)
  }
  const frames = Buffer.concat([zstdCompressSync('{"of":'), zstdCompressSync('2}')])
  assert.match((await coded(frames, 'zstd')).text, /^zstd must be sent as one frame/)
  assert.equal(inbound.handedOver.length, taken)
})

test('FAT-06 FAT-09: what is too large decoded is 413, however small it came', async (t) => {
  const { inbound, hand } = await withKey(t, { environment: { CONTENT_BYTES_MAX: '64KiB' } })
  const exactly = Buffer.alloc(64 * 1024, '.')
  assert.equal((await hand(exactly)).status, 202)
  assert.equal((await hand(gzipSync(exactly), { ...json, 'Content-Encoding': 'gzip' })).status, 202)
  const incompressible = gzipSync(randomBytes(64 * 1024))
  assert.ok(incompressible.length > 64 * 1024)
  assert.equal((await hand(incompressible, { ...json, 'Content-Encoding': 'gzip' })).status, 202)
  const more = Buffer.alloc(64 * 1024 + 1, '.')
  assert.equal((await hand(more)).status, 413)
  for (const [coding, body] of [
    ['gzip', gzipSync(more)],
    ['br', brotliCompressSync(Buffer.alloc(50 * 1024 ** 2))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50 * 1024 ** 2)))],
  ] as const) {
    const told = await hand(body, { ...json, 'Content-Encoding': coding })
    assert.deepEqual([told.status, told.text], [413, 'The body must be at most 64 KiB.\n'], coding)
  }
  assert.equal(inbound.handedOver.length, 3)
})

test('FAT-02: what one key hands over is counted against it, and no other', async (t) => {
  const { hand, post } = await withKey(t, { environment: { RATE_CONTENT: '2/1m' } })
  assert.equal((await hand('{}')).status, 202)
  assert.equal((await hand('{}')).status, 202)
  const third = await hand('{}')
  assert.equal(third.status, 429)
  assert.match(third.text, /with this key: try again in \d+ s/)
  assert.ok(Number(third.headers.get('retry-after')) > 0)
  assert.equal((await post('{}', json)).status, 401)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startPublisher } from '../support/publisher.ts'
import { hubUrl, publishingChapter } from './chapter.ts'

test('PUB-01 FETCH-01: one ping is one GET, whose answer is published whole for all who subscribe', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first', { type: 'application/atom+xml; charset=utf-8' })
  for (let count = 0; count < 3; count++) await subscribes(topic)
  await ping(topic)
  await drain()
  const [first, ...more] = await published(topic)
  assert.equal(more.length, 0)
  assert.deepEqual(first, {
    number: 1,
    body: Buffer.from('first'),
    text: 'first',
    contentType: 'application/atom+xml; charset=utf-8',
    selfUrl: topic,
    hubUrls: [hubUrl],
    repeats: false,
  })
  assert.deepEqual(
    publisher.requests.map((seen) => seen.method),
    ['GET'],
  )
})

test('PUB-24: without a ping nothing is fetched', async (t) => {
  const { publisher, subscribes, drain, world } = await publishingChapter(t)
  await subscribes(publisher.topic('/feed'))
  await drain()
  world.advance({ days: 9 })
  await drain()
  assert.equal(publisher.requests.length, 0)
})

test('PUB-10 PUB-11 FETCH-14: pings during a fetch wait for nothing and are one fetch more, which starts when that one has ended', async (t) => {
  const { publisher, subscribes, ping, begin, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'old')
  await subscribes(topic)
  const gate = publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the first fetch came')
  publisher.publishes('/feed', 'new')
  for (let count = 0; count < 5; count++) {
    await ping(topic)
    await begin()
  }
  assert.equal(publisher.fetches('/feed').length, 1)
  gate.release()
  await drain()
  assert.equal(publisher.fetches('/feed').length, 2)
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['old', 'new'],
  )
})

test('PUB-11: ten pings before the fetch are one fetch', async (t) => {
  const { publisher, subscribes, ping, drain } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribes(topic)
  await Promise.all(Array.from({ length: 10 }, () => ping(topic)))
  await drain()
  assert.equal(publisher.fetches('/feed').length, 1)
})

test('FETCH-14: two hubs never fetch a topic at once, and nothing is lost between them', async (t) => {
  const { publisher, subscribes, ping, begin, drain, published, another } = await publishingChapter(t)
  const other = another()
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribes(topic)
  const gate = publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the first fetch came')
  publisher.publishes('/feed', 'later')
  await other.ping(topic)
  await other.drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  gate.release()
  await drain()
  await other.drain()
  assert.equal((await published(topic)).at(-1)?.text, 'later')
})

test('FETCH-14: two hubs that look at the same moment share the topics between them', async (t) => {
  const { publisher, subscribes, ping, drain, another } = await publishingChapter(t)
  const paths = Array.from({ length: 40 }, (_, at) => `/${at}`)
  for (const path of paths) {
    publisher.publishes(path, path)
    await subscribes(publisher.topic(path))
  }
  const other = another()
  await ping(...paths.map(publisher.topic))
  await Promise.all([drain(), other.drain()])
  assert.deepEqual(
    paths.map((path) => publisher.fetches(path).length),
    paths.map(() => 1),
  )
})

test('FETCH-14: a server that does not answer has four fetches at most, and other servers are fetched meanwhile', async (t) => {
  const { db, publisher, subscribes, ping, begin, drain, published } = await publishingChapter(t)
  const quick = await startPublisher(t)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const slow = Array.from({ length: 12 }, (_, at) => `/slow/${at}`)
  for (const path of slow) {
    publisher.answers(path, { body: path, until: released })
    await subscribes(publisher.topic(path))
  }
  await ping(...slow.map(publisher.topic))
  quick.publishes('/quick', 'quick')
  await subscribes(quick.topic('/quick'))
  await ping(quick.topic('/quick'))
  await begin()
  await quick.until(() => quick.fetches('/quick').length === 1, 'the quick topic was fetched')
  const claimed = await db.selectFrom('topic').select('url').where('token', 'is not', null).execute()
  assert.equal(claimed.filter(({ url }) => url.startsWith(publisher.origin)).length, 4)
  release()
  await drain()
  assert.equal((await published(quick.topic('/quick'))).length, 1)
  assert.equal(publisher.requests.length, 12)
})

test('FETCH-03: what the server tells the content by is sent back, and 304 is nothing to deliver', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  const lastModified = 'Tue, 03 Nov 2026 08:00:00 GMT'
  publisher.publishes('/feed', 'content', { etag: true, lastModified })
  await subscribes(topic)
  await ping(topic)
  await drain()
  await ping(topic)
  await drain()
  const [first, second] = publisher.fetches('/feed')
  assert.equal(first?.header('if-none-match'), undefined)
  assert.equal(second?.header('if-modified-since'), lastModified)
  assert.match(second?.header('if-none-match') ?? '', /^"[0-9a-f]{16}"$/)
  assert.equal(second?.status, 304)
  assert.equal((await published(topic)).length, 1)
})

test('FETCH-15 A-18: on a 304, who joined since the last publication gets it once more, and nobody else', async (t) => {
  const { db, publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content', { etag: true })
  await subscribes(topic)
  await ping(topic)
  await drain()
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal(publisher.fetches('/feed')[1]?.status, 304)
  assert.deepEqual(
    (await published(topic)).map(({ text, repeats }) => [text, repeats]),
    [
      ['content', false],
      ['content', true],
    ],
  )
  assert.equal((await db.selectFrom('content').selectAll().execute()).length, 1)
})

test('FETCH-15 A-18: the first ping after a subscription is published although nothing changed, the second is not', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal((await published(topic)).length, 1)
  await ping(topic)
  await drain()
  assert.equal((await published(topic)).length, 1)
  await subscribes(topic)
  await ping(topic)
  await drain()
  await ping(topic)
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ repeats }) => repeats),
    [false, true],
  )
})

test('FETCH-15 FETCH-16: other bytes or another type are new, however small the difference', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await subscribes(topic)
  const versions = [
    ['<feed><title>One</title></feed>', 'application/atom+xml'],
    ['<feed><title>Two</title></feed>', 'application/atom+xml'],
    ['<feed><title>Two</title></feed>', 'application/xml'],
    ['<feed><title>Two</title></feed>\n', 'application/xml'],
  ] as const
  for (const [content, type] of versions) {
    publisher.publishes('/feed', content, { type })
    await ping(topic)
    await drain()
  }
  assert.deepEqual(
    (await published(topic)).map(({ text, contentType }) => [text, contentType]),
    versions,
  )
})

test('FETCH-11: links are read at every fetch; another self or hub link is new', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await subscribes(topic)
  const other = 'http://other.example/'
  publisher.publishes('/feed', 'same')
  await ping(topic)
  await drain()
  publisher.publishes('/feed', 'same', { self: 'http://topic.example/canonical' })
  await ping(topic)
  await drain()
  publisher.publishes('/feed', 'same', { self: 'http://topic.example/canonical', hubs: [other, hubUrl] })
  await ping(topic)
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ selfUrl, hubUrls }) => [selfUrl, hubUrls]),
    [
      [topic, [hubUrl]],
      ['http://topic.example/canonical', [hubUrl]],
      ['http://topic.example/canonical', [hubUrl, other]],
    ],
  )
})

test('DISC-03 DISC-06: of several self links the first counts, made absolute where the answer stands, and that is told', async (t) => {
  const { publisher, subscribes, ping, drain, published, recorded } = await publishingChapter(t)
  const topic = publisher.topic('/blog/feed')
  const Link = ['</canonical>; rel="self", <http://other.example/>; rel="self"', '<http://hub.example/>; rel="hub"']
  publisher.answers('/blog/feed', { body: 'content', headers: { Link } })
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal((await published(topic))[0]?.selfUrl, publisher.topic('/canonical'))
  assert.deepEqual(recorded.of('severalSelves'), [{ topic, count: 2 }])
})

test('FETCH-11: a 304 with another self link is asked again for everything', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await subscribes(topic)
  publisher.publishes('/feed', 'same', { etag: true })
  await ping(topic)
  await drain()
  publisher.publishes('/feed', 'same', { etag: true, self: 'http://topic.example/new' })
  await ping(topic)
  await drain()
  assert.deepEqual(
    publisher.fetches('/feed').map(({ status }) => status),
    [200, 304, 200],
  )
  assert.equal((await published(topic)).at(-1)?.selfUrl, 'http://topic.example/new')
})

test('FETCH-04 FETCH-05 FETCH-12 FETCH-17: a fetch prefers nothing, passes caches, and carries nothing of anybody', async (t) => {
  const { publisher, subscribes, ping, drain } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content', { headers: { 'Set-Cookie': 'who=me', 'X-Hub-On-Behalf-Of': '7' } })
  await subscribes(topic)
  await ping(topic)
  await drain()
  await ping(topic)
  await drain()
  const second = publisher.fetches('/feed')[1]
  assert.equal(second?.header('accept'), '*/*')
  assert.equal(second?.header('cache-control'), 'no-cache')
  for (const name of ['accept-language', 'cookie', 'authorization', 'referer', 'x-hub-subscribers']) {
    assert.equal(second?.header(name), undefined, name)
  }
})

test('FETCH-09: what a server compresses is published plain', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'plain', { gzip: 'always' })
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal((await published(topic))[0]?.text, 'plain')
})

test('FETCH-10 SEC-22: every byte stays as it was, also where no parser would read it', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const samples = [
    Buffer.from('caf\xe9\r\n\0\x80', 'latin1'),
    Buffer.from('\ufefffeed', 'utf16le'),
    Buffer.from('\ufeff<?xml version="1.0"?>\r\n<feed/>\n'),
    Buffer.from('<?xml version="1.0"?><feed><entry><title>broken'),
    Buffer.from('{"a": 1.0,\r\n "a" : 2 }'),
  ]
  for (const [at, sample] of samples.entries()) {
    const topic = publisher.topic(`/sample/${at}`)
    publisher.publishes(`/sample/${at}`, sample, { type: 'application/xml' })
    await subscribes(topic)
    await ping(topic)
  }
  await drain()
  for (const [at, sample] of samples.entries()) {
    assert.deepEqual((await published(publisher.topic(`/sample/${at}`)))[0]?.body, sample)
  }
})

test('DIST-04: content without a type is application/octet-stream', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content', { type: null })
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal((await published(topic))[0]?.contentType, 'application/octet-stream')
})

test('DIST-23: an empty answer is nothing to deliver and no failure', async (t) => {
  const { publisher, subscribes, ping, drain, published, recorded } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', '')
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.deepEqual(await published(topic), [])
  assert.equal(recorded.of('fetched')[0]?.result, 'unchanged')
})

test('FETCH-07: only a complete 200 is content; anything else is tried again and then published', async (t) => {
  const { publisher, subscribes, ping, drain, published, world, recorded } = await publishingChapter(t, {
    FETCH_TIMEOUT: '300ms',
  })
  const body = 'half of this is not content'
  const faults = [
    { status: 500, body },
    { status: 206, body },
    { status: 204 },
    { status: 404, body },
    { status: 304 },
    { body, fault: 'truncate' },
    { body, fault: 'abort' },
    { body, fault: 'hang-body' },
  ] as const
  for (const [at, fault] of faults.entries()) {
    publisher.answersNext(`/${at}`, fault)
    publisher.publishes(`/${at}`, 'complete')
    await subscribes(publisher.topic(`/${at}`))
    await ping(publisher.topic(`/${at}`))
  }
  await drain()
  for (const at of faults.keys()) assert.deepEqual(await published(publisher.topic(`/${at}`)), [], `${at}`)
  assert.equal(recorded.of('fetched').filter(({ result }) => result === 'failed').length, faults.length)
  world.advance({ seconds: 40 })
  await drain()
  for (const at of faults.keys())
    assert.equal((await published(publisher.topic(`/${at}`)))[0]?.text, 'complete', `${at}`)
})

test('FETCH-07 FETCH-13: a topic that fails is fetched four times more and then left alone; who subscribes stays', async (t) => {
  const { db, publisher, subscribes, ping, drain, world, row } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content', { etag: true })
  await subscribes(topic)
  await ping(topic)
  await drain()
  const { etag } = (await row(topic)) ?? {}
  publisher.answers('/feed', { status: 410 })
  await ping(topic)
  for (let count = 0; count < 8; count++) {
    await drain()
    world.advance({ minutes: 6 })
  }
  assert.equal(publisher.fetches('/feed').length, 1 + 5)
  assert.equal((await row(topic))?.etag, etag)
  assert.equal((await db.selectFrom('subscription').selectAll().execute()).length, 1)
})

test('FETCH-08: a body beyond the limit is abandoned, and so is one that never ends', async (t) => {
  const { publisher, subscribes, ping, drain, published, recorded } = await publishingChapter(t, {
    CONTENT_BYTES_MAX: '64KiB',
  })
  publisher.publishes('/fits', 'x'.repeat(65_536))
  publisher.publishes('/exceeds', 'x'.repeat(65_537))
  publisher.answers('/endless', { fault: 'endless' })
  publisher.answers('/bomb', { body: 'x'.repeat(10_000_000), gzip: 'always' })
  for (const path of ['/fits', '/exceeds', '/endless', '/bomb']) {
    await subscribes(publisher.topic(path))
    await ping(publisher.topic(path))
  }
  await drain()
  assert.equal((await published(publisher.topic('/fits'))).length, 1)
  assert.equal(recorded.of('fetched').filter(({ result }) => result === 'failed').length, 3)
})

test('PUB-16: a ping that finds nothing new is followed by a look after 5 s and one after 60 s', async (t) => {
  const { publisher, subscribes, ping, drain, published, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'old')
  await subscribes(topic)
  await ping(topic)
  await drain()
  const looksAfter = async (seconds: number) => {
    world.advance({ seconds })
    await drain()
    return publisher.fetches('/feed').length
  }
  assert.equal(await looksAfter(3600), 1)
  await ping(topic)
  assert.deepEqual([await looksAfter(0), await looksAfter(4), await looksAfter(1.1)], [2, 2, 3])
  assert.deepEqual([await looksAfter(59), await looksAfter(1.1), await looksAfter(3600)], [3, 4, 4])
  await ping(topic)
  await drain()
  publisher.publishes('/feed', 'committed after the ping')
  assert.deepEqual([await looksAfter(5.1), await looksAfter(3600)], [6, 6])
  assert.equal((await published(topic)).at(-1)?.text, 'committed after the ping')
})

test('PUB-22: what was pinged is fetched by whoever is left, also where the fetch had begun', async (t) => {
  const { publisher, subscribes, ping, begin, published, world, another } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribes(topic)
  publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the fetch began')
  const survivor = another()
  await survivor.drain()
  assert.equal(publisher.fetches('/feed').length, 1)
  world.advance({ minutes: 1 })
  await survivor.drain()
  assert.equal((await published(topic)).length, 1)
})

test('PUB-22: a hub that is stopped leaves its fetch to the next at once', async (t) => {
  const { publisher, subscribes, ping, begin, stop, published, another } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribes(topic)
  publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the fetch began')
  await stop()
  await another().drain()
  assert.equal((await published(topic)).length, 1)
})

test('a fetch whose claim has lapsed settles nothing', async (t) => {
  const { publisher, subscribes, ping, begin, drain, published, world, another } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'stale')
  await subscribes(topic)
  const gate = publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the fetch began')
  publisher.publishes('/feed', 'fresh')
  world.advance({ minutes: 1 })
  await another().drain()
  gate.release()
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['fresh'],
  )
  assert.equal(publisher.fetches('/feed').length, 2)
})

test('SEC-22: a topic that cannot be settled is set aside in the end and keeps no other from being fetched', async (t) => {
  const { db, publisher, subscribes, ping, drain, published, world, row, recorded } = await publishingChapter(t)
  publisher.publishes('/poison', 'poison', { type: 'application/poison' })
  publisher.publishes('/sound', 'sound')
  await subscribes(publisher.topic('/poison'))
  await subscribes(publisher.topic('/sound'))
  await db.schema
    .alterTable('publication')
    .addCheckConstraint('no_poison', sql`content_type <> 'application/poison'`)
    .execute()
  await ping(publisher.topic('/poison'), publisher.topic('/sound'))
  for (let count = 0; count < 8; count++) {
    await drain()
    world.advance({ minutes: 1 })
  }
  assert.equal((await published(publisher.topic('/sound'))).length, 1)
  assert.match(String((await row(publisher.topic('/poison')))?.parked_why), /no_poison/)
  assert.equal(recorded.of('parked').length, 1)
  assert.equal(publisher.fetches('/poison').length, 6)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPublisher } from '../support/publisher.ts'
import { publishingChapter } from './chapter.ts'

test('PUB-13 A-14: a ping of an unknown URL whose self link names a topic is a fetch of that topic', async (t) => {
  const { publisher, subscribes, ping, drain, published, row } = await publishingChapter(t)
  const topic = publisher.topic('/canonical')
  const alias = publisher.topic('/alias')
  publisher.publishes('/canonical', 'true content')
  publisher.publishes('/alias', 'what the alias says', { self: topic })
  await subscribes(topic)
  await ping(alias)
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['true content'],
  )
  assert.equal(await row(alias), undefined)
})

test('PUB-13: a ping of an unknown URL that redirects to a topic is a fetch of that topic', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/canonical')
  publisher.publishes('/canonical', 'content', { self: null })
  publisher.answers('/old', { status: 302, headers: { Location: '/canonical' } })
  await subscribes(topic)
  await ping(publisher.topic('/old'))
  await drain()
  assert.equal((await published(topic)).length, 1)
})

test('PUB-13 A-14: a ping of a topic whose document names another topic serves the subscribers of both', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const [x, y] = [publisher.topic('/x'), publisher.topic('/y')]
  publisher.publishes('/x', 'content', { self: y })
  publisher.publishes('/y', 'content')
  await subscribes(x)
  await subscribes(y)
  await ping(x)
  await drain()
  assert.deepEqual([(await published(x))[0]?.selfUrl, (await published(y))[0]?.selfUrl], [y, y])
})

test('PUB-13: topics that name each other do not keep each other awake, however their fetches overlap', async (t) => {
  const { publisher, subscribes, ping, begin, drain } = await publishingChapter(t)
  const [x, y] = [publisher.topic('/x'), publisher.topic('/y')]
  publisher.publishes('/x', 'of x', { self: y })
  publisher.publishes('/y', 'of y', { self: x })
  await subscribes(x)
  await subscribes(y)
  const gates = [publisher.holds('/x'), publisher.holds('/y')]
  await ping(x, y)
  await begin()
  await publisher.until(() => publisher.requests.length === 2, 'both are being fetched')
  for (const gate of gates) gate.release()
  await drain()
  // Each for its own ping, and once more because the other named it.
  assert.deepEqual([publisher.fetches('/x').length, publisher.fetches('/y').length], [2, 2])
})

test('PUB-13 PUB-16: what an alias asked for asks for nothing further and has no second looks', async (t) => {
  const { publisher, subscribes, ping, drain, world } = await publishingChapter(t)
  const [a, b, c] = ['/a', '/b', '/c'].map(publisher.topic) as [string, string, string]
  publisher.publishes('/a', 'a', { self: b })
  publisher.publishes('/b', 'b', { self: c })
  publisher.publishes('/c', 'c')
  for (const topic of [a, b, c]) await subscribes(topic)
  await ping(a)
  await drain()
  const fetches = () => ['/a', '/b', '/c'].map((path) => publisher.fetches(path).length)
  assert.deepEqual(fetches(), [1, 1, 0])
  await ping(a)
  await drain()
  assert.deepEqual(fetches(), [2, 2, 0])
  world.advance({ seconds: 6 })
  await drain()
  assert.deepEqual(fetches(), [3, 3, 0], 'the second look of a looks at its alias too')
})

test("design §4: an alias' content never reaches the topic's subscribers", async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const stranger = await startPublisher(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'true')
  stranger.publishes('/spoof', 'false', { self: topic })
  await subscribes(topic)
  await subscribes(stranger.topic('/spoof'))
  await ping(stranger.topic('/spoof'))
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['true'],
  )
})

test('PUB-08: an unknown URL is fetched once, in part, is not tried again, and leaves nothing behind', async (t) => {
  const { db, publisher, ping, drain, world, recorded } = await publishingChapter(t)
  publisher.answers('/unknown', { fault: 'endless' })
  await ping(publisher.topic('/unknown'), publisher.topic('/missing'))
  await drain()
  const results = recorded.of('fetched').map(({ topic, result }) => [topic, result])
  assert.deepEqual(new Map(results as [string, string][]).get(publisher.topic('/unknown')), 'unchanged')
  world.advance({ minutes: 10 })
  await drain()
  assert.deepEqual([publisher.fetches('/unknown').length, publisher.fetches('/missing').length], [1, 1])
  assert.deepEqual(await db.selectFrom('topic').selectAll().execute(), [])
  assert.deepEqual(await db.selectFrom('content').selectAll().execute(), [])
})

test('PUB-08 SEC-08: what nobody subscribes to is fetched within a bound, whoever pings how much', async (t) => {
  const { db, publisher, ping } = await publishingChapter(t)
  const unknown = Array.from({ length: 80 }, (_, at) => publisher.topic(`/unknown/${at}`))
  const beganMs = performance.now()
  for (let at = 0; at < unknown.length; at++) await ping(unknown[at] ?? '')
  const seconds = Math.ceil((performance.now() - beganMs) / 1000) // Each gives room for five more, or one of the same origin.
  const { count } = await db.selectFrom('topic').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  assert.ok(count >= 50 && count <= Math.min(51 + 5 * seconds, 61 + seconds), `${count} wait`)
})

test('PUB-08 SEC-24: a ping of the hub itself is no fetch', async (t) => {
  const { db, ping } = await publishingChapter(t)
  await ping('http://hub.example/any')
  assert.deepEqual(await db.selectFrom('topic').selectAll().execute(), [])
})

test('PUB-22: an unknown URL waits through a crash to be looked at, aliases included', async (t) => {
  const { publisher, subscribes, ping, begin, published, world, another } = await publishingChapter(t)
  const topic = publisher.topic('/canonical')
  publisher.publishes('/canonical', 'content')
  publisher.publishes('/alias', 'x', { self: topic })
  await subscribes(topic)
  publisher.holds('/alias')
  await ping(publisher.topic('/alias'))
  await begin()
  await publisher.until(() => publisher.fetches('/alias').length === 1, 'the fetch began')
  world.advance({ minutes: 1 })
  await another().drain()
  assert.equal((await published(topic)).length, 1)
})

test('who subscribes while its URL is looked at as unknown gets a fetch of the whole', async (t) => {
  const { publisher, subscribes, ping, begin, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'x'.repeat(1_000_000))
  const gate = publisher.holds('/feed')
  await ping(topic)
  await begin()
  await publisher.until(() => publisher.fetches('/feed').length === 1, 'the fetch began')
  await subscribes(topic)
  gate.release()
  await drain()
  assert.equal((await published(topic))[0]?.body.length, 1_000_000)
})

test('MIG-04 MIG-05 MIG-06 A-23: a topic that moved is served for pings of the old and of the new URL, under its old key', async (t) => {
  const { publisher, subscribes, ping, drain, published, row } = await publishingChapter(t)
  const [from, to] = [publisher.topic('/old'), publisher.topic('/new')]
  publisher.answers('/old', { status: 301, headers: { Location: to } })
  publisher.publishes('/new', 'first')
  await subscribes(from)
  await ping(from)
  await drain()
  publisher.publishes('/new', 'second')
  await ping(to)
  await drain()
  assert.deepEqual(
    (await published(from)).map(({ text, selfUrl }) => [text, selfUrl]),
    [
      ['first', to],
      ['second', to],
    ],
  )
  assert.equal((await row(from))?.url, from)
  assert.equal(await row(to), undefined)
})

test('MIG-05: where the new URL names no self, its pings serve the old topic all the same', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const [from, to] = [publisher.topic('/old'), publisher.topic('/new')]
  publisher.answers('/old', { status: 301, headers: { Location: to } })
  publisher.publishes('/new', 'first', { self: null })
  await subscribes(from)
  await ping(from)
  await drain()
  publisher.publishes('/new', 'second', { self: null })
  await ping(to)
  await drain()
  assert.deepEqual(
    (await published(from)).map(({ text, selfUrl }) => [text, selfUrl]),
    [
      ['first', from],
      ['second', from],
    ],
  )
})

test('A-23: validators from behind a redirect are not kept: another resource may stand there tomorrow', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const from = publisher.topic('/old')
  const etag = { ETag: '"1"', 'Content-Type': 'text/plain' }
  publisher.answers('/one', { body: 'one', headers: etag })
  publisher.answers('/two', { body: 'two', headers: etag })
  publisher.answers('/old', { status: 302, headers: { Location: '/one' } })
  await subscribes(from)
  await ping(from)
  await drain()
  publisher.answers('/old', { status: 302, headers: { Location: '/two' } })
  await ping(from)
  await drain()
  assert.equal(publisher.fetches('/two')[0]?.header('if-none-match'), undefined)
  assert.equal((await published(from)).at(-1)?.text, 'two')
})

test('A-23: a 304 from behind a new redirect is not believed', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'here', { etag: true })
  await subscribes(topic)
  await ping(topic)
  await drain()
  publisher.answers('/feed', { status: 301, headers: { Location: '/moved' } })
  publisher.answersNext('/moved', { status: 304 })
  publisher.publishes('/moved', 'there')
  await ping(topic)
  await drain()
  assert.equal((await published(topic)).at(-1)?.text, 'there')
})

test('MIG-03: a hub that moved goes on serving who is subscribed', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t, {
    MOVED_TO: 'https://other.example/',
  })
  publisher.publishes('/feed', 'content')
  await subscribes(publisher.topic('/feed'))
  await ping(publisher.topic('/feed'))
  await drain()
  assert.equal((await published(publisher.topic('/feed'))).length, 1)
})

test('MIG-09 MIG-10: a topic that no longer names this hub is served as long as leases run', async (t) => {
  const { publisher, subscribes, ping, drain, published } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  await subscribes(topic)
  await ping(topic)
  await drain()
  publisher.publishes('/feed', 'second', { hubs: ['https://other.example/hub'] })
  await ping(topic)
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text, hubUrls }) => [text, hubUrls]),
    [
      ['first', ['http://hub.example/']],
      ['second', ['http://hub.example/', 'https://other.example/hub']],
    ],
  )
})

test('FETCH-02: three redirects are followed, six are not, and neither is a circle', async (t) => {
  const { publisher, subscribes, ping, drain, published, recorded } = await publishingChapter(t)
  const leads = (from: string, to: string) => publisher.answers(from, { status: 302, headers: { Location: to } })
  for (let at = 0; at < 20; at++) leads(`/hop/${at}`, `/hop/${at + 1}`)
  publisher.publishes('/hop/20', 'there', { self: '/relative' })
  leads('/circle', '/circle/2')
  leads('/circle/2', '/circle')
  for (const path of ['/hop/17', '/hop/14', '/hop/0', '/circle']) await subscribes(publisher.topic(path))
  await ping(...['/hop/17', '/hop/14', '/hop/0', '/circle'].map(publisher.topic))
  await drain()
  assert.equal((await published(publisher.topic('/hop/17')))[0]?.selfUrl, publisher.topic('/relative'))
  for (const path of ['/hop/14', '/hop/0', '/circle']) {
    assert.deepEqual(await published(publisher.topic(path)), [], path)
  }
  assert.equal(recorded.of('fetched').filter(({ result }) => result === 'failed').length, 3)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { pruneTopics } from '../../src/publishing/store.ts'
import { urlKey } from '../../src/url-key.ts'
import { lastFirst } from '../support/cleanup.ts'
import { type WholeHub, wholeHub } from '../support/hub.ts'
import { testDatabase } from '../support/postgres.ts'
import { testWorld } from '../support/world.ts'
import { openEvents, publishes, streamUrl } from './setup.ts'

function setDelivery(hub: WholeHub, path: string, delivery: 'latest' | 'every'): Promise<unknown> {
  return hub.database.db
    .updateTable('topic')
    .set({ delivery })
    .where('key', '=', urlKey(hub.publisher.topic(path)))
    .execute()
}

test('SF-08: a stream tells what is published, numbered, without a callback', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const client = await openEvents(t, streamUrl(hub.url, topic))
  assert.equal(client.status, 200)
  assert.equal(client.headers['content-type'], 'text/event-stream')
  assert.match(client.headers['cache-control'] ?? '', /no-store/)
  assert.equal(client.headers['x-accel-buffering'], 'no')
  await client.until(() => /^retry: \d{4}\n\n/.test(client.text), 'how long to wait before coming again')
  assert.equal(hub.publisher.fetches('/page').length, 0, 'reading asks nothing of a publisher')
  await publishes(hub, '/page', 'first\nof two lines\r\n', 'text/plain')
  await client.until(() => client.events.length === 1, 'the first event')
  await publishes(hub, '/page', 'second', 'text/plain')
  await client.until(() => client.events.length === 2, 'two events')
  assert.deepEqual(
    client.events.map(({ event, id }) => [event, id]),
    [
      ['notification', '1'],
      ['notification', '2'],
    ],
  )
  assert.deepEqual(JSON.parse(client.events[0]?.data ?? ''), {
    event: 'notification',
    number: 1,
    contentType: 'text/plain',
    self: topic,
    hubs: ['http://localhost:7/'],
    body: 'first\nof two lines\r\n',
  })
})

test('a HEAD is answered as the stream would be, and begins none', async (t) => {
  const hub = await wholeHub(t)
  const url = streamUrl(hub.url, hub.publisher.topic('/page'), { newest: 'true' })
  const head = await fetch(url, { method: 'HEAD' })
  assert.equal(hub.hub.readings.streamsOpen(), 0)
  assert.deepEqual(await hub.database.db.selectFrom('topic').select('id').execute(), [])
  const client = await openEvents(t, url)
  assert.equal(head.status, client.status)
  for (const name of ['content-type', 'cache-control', 'x-accel-buffering', 'x-content-type-options']) {
    assert.equal(head.headers.get(name), client.headers[name], name)
  }
  url.searchParams.set('wait', 'long')
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 400)
  url.searchParams.set('wait', '10')
  const poll = await fetch(url, { method: 'HEAD' })
  assert.deepEqual([poll.status, poll.headers.get('content-type')], [200, null])
})

test('content that is not UTF-8 comes as base64, and every byte of it arrives', async (t) => {
  const hub = await wholeHub(t)
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  const contents = [
    Buffer.from('caf\xe9', 'latin1'),
    Buffer.from([0, 1, 2, 255]),
    Buffer.from('\uFEFFstart, NUL \0, U+2028 \u2028, \u{1F600}'),
    Buffer.alloc(100_000, 1),
  ]
  for (const [at, content] of contents.entries()) {
    await publishes(hub, '/page', content, 'text/plain; charset=iso-8859-1')
    await client.until(() => client.events.length === at + 1, `content ${at}`)
  }
  const told = client.events.map(({ data }) => JSON.parse(data))
  const bytes = told.map(({ body, bodyBase64 }) =>
    Buffer.from(body ?? bodyBase64, body === undefined ? 'base64' : 'utf8'),
  )
  assert.deepEqual(bytes, contents)
  assert.deepEqual(
    told.map((each) => 'bodyBase64' in each),
    [true, true, false, true],
  )
  assert.ok((client.events[3]?.data.length ?? 0) < 200_000, 'a control character would be six characters of JSON')
})

test('who comes new gets what comes from then on, or the newest at once if it says so', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  await openEvents(t, streamUrl(hub.url, topic))
  for (const content of ['one', 'two']) await publishes(hub, '/page', content)
  const plain = await openEvents(t, streamUrl(hub.url, topic))
  const newest = await openEvents(t, streamUrl(hub.url, topic, { newest: 'true' }))
  await newest.until(() => newest.bodies.length === 1, 'the newest')
  await publishes(hub, '/page', 'three')
  for (const client of [plain, newest]) await client.until(() => client.bodies.includes('three'), 'the third')
  assert.deepEqual([plain.bodies, newest.bodies], [['three'], ['two', 'three']])
})

test('newest=true of a topic the hub does not know has it fetched once', async (t) => {
  const hub = await wholeHub(t)
  hub.publisher.publishes('/page', 'content')
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page'), { newest: 'true' }))
  await hub.drain()
  await client.until(() => client.bodies.length === 1, 'the content')
  assert.deepEqual(client.bodies, ['content'])
  assert.equal(hub.publisher.fetches('/page').length, 1)
})

for (const [what, answer] of Object.entries({ 'is not there': { status: 404 }, 'is empty': { status: 200 } })) {
  test(`who waits for the newest of a topic that ${what} is told so, once, and gets it when it comes all the same`, async (t) => {
    const hub = await wholeHub(t)
    const topic = hub.publisher.topic('/page')
    hub.publisher.answersNext('/page', answer, answer)
    const client = await openEvents(t, streamUrl(hub.url, topic, { newest: 'true' }))
    await hub.drain()
    await client.until(() => client.events.length === 1, 'what is wrong')
    hub.world.advance({ minutes: 1 })
    await hub.drain()
    assert.equal(hub.publisher.fetches('/page').length, 2)
    const later = await openEvents(t, streamUrl(hub.url, topic))
    await later.until(() => later.events.length === 1, 'what is wrong')
    await publishes(hub, '/page', 'content')
    for (const each of [client, later]) {
      await each.until(() => each.bodies.length === 1, 'the content')
      assert.deepEqual(
        each.events.map(({ event, id }) => [event, id]),
        [
          ['unfetched', null],
          ['notification', '1'],
        ],
      )
      const { event, why } = JSON.parse(each.events[0]?.data ?? '')
      assert.equal(event, 'unfetched')
      assert.match(why, /^The topic could not be fetched: it has to answer 200, with content /)
    }
  })
}

for (const [what, content] of Object.entries({
  'of a page that is not there': null,
  'that is not on its page': 'a page',
})) {
  test(`who waits for a part ${what} is told so, and gets it when it comes all the same`, async (t) => {
    const hub = await wholeHub(t, { environment: { FRAGMENT_TOPICS: 'on' } })
    if (content !== null) hub.publisher.publishes('/page', content)
    const topic = `${hub.publisher.topic('/page')}#%23price`
    const client = await openEvents(t, streamUrl(hub.url, topic, { newest: 'true' }))
    await hub.drain()
    await client.until(() => client.events.length === 1, 'what is wrong')
    assert.equal(client.events[0]?.event, 'unfetched')
    await publishes(hub, '/page', '<p id="price">7</p>')
    await client.until(() => client.bodies.length === 1, 'the part')
    assert.deepEqual(client.bodies, ['<p id="price">7</p>'])
  })
}

for (const [name, resume] of Object.entries({
  'the header an EventSource sends': (after: string) => ({
    headers: { 'Last-Event-ID': after },
    query: { after: '0' },
  }),
  'after in the query': (after: string) => ({ headers: {}, query: { after } }),
  'last-event-id in the query': (after: string) => ({ headers: {}, query: { 'last-event-id': after } }),
})) {
  test(`a stream resumes from a number (${name}): the newest of a latest topic, each of an every topic`, async (t) => {
    const hub = await wholeHub(t)
    const topic = hub.publisher.topic('/page')
    await openEvents(t, streamUrl(hub.url, topic))
    for (const content of ['one', 'two', 'three', 'four']) await publishes(hub, '/page', content)
    const { headers, query } = resume('1')
    const latest = await openEvents(t, streamUrl(hub.url, topic, query), { headers })
    await latest.until(() => latest.bodies.length > 0, 'the newest')
    assert.deepEqual(latest.bodies, ['four'])
    await setDelivery(hub, '/page', 'every')
    const every = await openEvents(t, streamUrl(hub.url, topic, query), { headers })
    await every.until(() => every.bodies.length === 3, 'all it missed')
    assert.deepEqual(every.bodies, ['two', 'three', 'four'])
    assert.equal(every.events.filter(({ event }) => event === 'gap').length, 0)
    const upToDate = await openEvents(t, streamUrl(hub.url, topic, resume('4').query), resume('4'))
    await publishes(hub, '/page', 'five')
    await upToDate.until(() => upToDate.bodies.length > 0, 'the next')
    assert.deepEqual(upToDate.bodies, ['five'])
  })
}

test('what is no longer kept is told as a gap, before what is', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  await openEvents(t, streamUrl(hub.url, topic))
  for (const content of ['one', 'two', 'three', 'four']) await publishes(hub, '/page', content)
  await setDelivery(hub, '/page', 'every')
  await sql`delete from publication where number in (2, 3)`.execute(hub.database.db)
  const client = await openEvents(t, streamUrl(hub.url, topic, { after: '1' }))
  await client.until(() => client.bodies.length === 1, 'what is kept')
  assert.deepEqual(
    client.events.map(({ event, id, data }) => (event === 'gap' ? { id, ...JSON.parse(data) } : id)),
    [{ id: null, event: 'gap', after: 1, next: 4 }, '4'],
  )
})

test('a number beyond the newest means that the topic was forgotten and its numbers began again: told as a gap', async (t) => {
  const hub = await wholeHub(t)
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page'), { after: '57' }))
  await publishes(hub, '/page', 'anew')
  await client.until(() => client.bodies.length === 1, 'the first of the new numbers')
  assert.deepEqual(
    client.events
      .map(({ data }) => JSON.parse(data))
      .map(({ event, number, after, next }) => ({ event, number, after, next })),
    [
      { event: 'gap', number: undefined, after: 57, next: 1 },
      { event: 'notification', number: 1, after: undefined, next: undefined },
    ],
  )
})

test('a number that only repeats what a stream has, for subscribers who joined, is passed over', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const client = await openEvents(t, streamUrl(hub.url, topic))
  await publishes(hub, '/page', 'same')
  await client.until(() => client.bodies.length === 1, 'the content')
  await hub.subscribe(topic, hub.subscriber.callback())
  await hub.drain()
  await publishes(hub, '/page', 'same')
  assert.deepEqual(hub.subscriber.received, ['same'])
  await publishes(hub, '/page', 'other')
  await client.until(() => client.bodies.includes('other'), 'the other')
  assert.deepEqual(
    client.events.map(({ id }) => id),
    ['1', '3'],
  )
  const behind = await openEvents(t, streamUrl(hub.url, topic, { after: '0' }))
  await behind.until(() => behind.bodies.length === 1, 'the newest')
  assert.deepEqual(behind.bodies, ['other'])
})

test('who has nothing gets a repeated number as any other', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  await openEvents(t, streamUrl(hub.url, topic))
  await publishes(hub, '/page', 'same')
  await hub.subscribe(topic, hub.subscriber.callback())
  await hub.drain()
  await publishes(hub, '/page', 'same')
  for (const parameters of [{ after: '0' }, { newest: 'true' }]) {
    const client = await openEvents(t, streamUrl(hub.url, topic, parameters))
    await client.until(() => client.bodies.length === 1, 'the content')
    assert.deepEqual([client.bodies, client.events[0]?.id], [['same'], '2'])
  }
})

test('a topic that only a stream reads is kept while it is read and for a day after, and pings of it are fetched', async (t) => {
  const hub = await wholeHub(t)
  const { db } = hub.database
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  await publishes(hub, '/page', 'content')
  await client.until(() => client.bodies.length === 1, 'the content')
  client.close()
  hub.world.advance({ hours: 23 })
  assert.equal(await pruneTopics(db, { now: hub.world.now(), limit: 100 }), 0)
  hub.world.advance({ hours: 2 })
  await pruneTopics(db, { now: hub.world.now(), limit: 100 })
  assert.deepEqual(await db.selectFrom('topic').select('id').execute(), [])
})

test('a topic stays as long as a stream is open, and a stream whose topic was removed all the same is ended', async (t) => {
  const hub = await wholeHub(t)
  const { db } = hub.database
  const topic = hub.publisher.topic('/page')
  const client = await openEvents(t, streamUrl(hub.url, topic))
  hub.world.advance({ hours: 23 })
  hub.world.stall(11 * 60_000)
  const readUntil = async () => (await db.selectFrom('topic').select('read_until').executeTakeFirst())?.read_until
  const end = new Date(hub.world.now().getTime() + 23 * 3_600_000)
  while (((await readUntil()) ?? end) < end); // The next look renews it.
  await db.deleteFrom('topic').execute()
  await client.until(() => client.ended, 'the end')
})

test('a publication fetched by one hub reaches the streams of another at once, and one whose ring was lost within seconds', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 10 })
  const world = testWorld(t)
  const first = await wholeHub(t, { database, world, running: true })
  const second = await wholeHub(t, { database, world })
  const third = await wholeHub(t, { database, world, running: true })
  const topic = first.publisher.topic('/page')
  const far = await openEvents(t, streamUrl(third.url, topic))
  const deaf = await openEvents(t, streamUrl(second.url, topic)) // It does not run: no ring of another reaches it.
  first.publisher.publishes('/page', 'content')
  const pingedMs = performance.now()
  await first.ping(topic)
  await far.until(() => far.bodies.length === 1, 'the content at the other hub')
  assert.ok(performance.now() - pingedMs < 1000, 'sooner than the look of every two seconds would find it')
  await deaf.until(() => deaf.bodies.length === 1, 'the content without a ring')
})

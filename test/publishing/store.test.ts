import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { publish } from '../../src/distribution/publication-store.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey, revokeKey } from '../../src/keys/store.ts'
import { pruneTopics } from '../../src/publishing/store.ts'
import { originOf, urlKey } from '../../src/url-key.ts'
import { hubUrl, publishingChapter } from './chapter.ts'

test('rule 15: a topic nobody subscribes to goes with its publications, a few at a time, its validators first', async (t) => {
  const { db, publisher, subscribes, ping, drain, published, row, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  await subscribes(topic)
  for (const content of ['one', 'two', 'three']) {
    publisher.publishes('/feed', content, { etag: true })
    await ping(topic)
    await drain()
  }
  await db.deleteFrom('broadcast').execute()
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 2 }), 0)

  await db.deleteFrom('subscription').execute()
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 2 }), 2)
  assert.deepEqual([(await published(topic)).length, (await row(topic))?.etag], [1, null])
  await subscribes(topic)
  await ping(topic)
  await drain()
  assert.equal((await published(topic)).at(-1)?.number, 4, 'whoever came meanwhile is served')

  await db.deleteFrom('broadcast').execute()
  await db.deleteFrom('subscription').execute()
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 3)
  assert.equal(await row(topic), undefined)
})

test('a topic that is due, is being broadcast, or was handed over with a key in force stays', async (t) => {
  const { db, publisher, ping, world } = await publishingChapter(t)
  await ping(publisher.topic('/due'))
  const pattern = parsePattern(`${publisher.origin}/*`, '--topic')
  const { id: publisher_key_id } = await createKey(db, { pattern, delivery: null, now: world.now() })
  for (const [at, path] of ['/handed-over', '/of-the-same-key', '/broadcast'].entries()) {
    const url = publisher.topic(path)
    await db
      .insertInto('topic')
      .values({ key: Buffer.alloc(32, at + 1), url, origin: originOf(url), ...(at === 0 ? { publisher_key_id } : {}) })
      .execute()
  }
  await db.transaction().execute(async (tx) => {
    const { id: topicId } = await tx
      .selectFrom('topic')
      .select('id')
      .where('url', '=', publisher.topic('/broadcast'))
      .forUpdate()
      .executeTakeFirstOrThrow()
    const links = { contentType: 'text/plain', selfUrl: 'http://t/', hubUrls: [hubUrl] }
    const body = Buffer.from('x')
    const sha256 = createHash('sha256').update(body).digest()
    await publish(tx, { topicId, body, sha256, ...links, now: world.now() })
  })
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 1)
  const left = (await db.selectFrom('topic').select('url').orderBy('url').execute()).map(({ url }) => url)
  assert.deepEqual(left, ['/broadcast', '/due', '/handed-over'].map(publisher.topic))
  await revokeKey(db, publisher_key_id, { now: world.now() })
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 1)
})

test('PUB-05: two hundred topics are noted at once, by ten hands in two orders, without waiting for each other', async (t) => {
  const { db, publisher, ping, subscribes } = await publishingChapter(t)
  const topics = Array.from({ length: 200 }, (_, at) => publisher.topic(`/${at}`))
  for (const topic of topics) await subscribes(topic)
  await Promise.all(Array.from({ length: 10 }, (_, at) => ping(...(at % 2 === 0 ? topics : topics.toReversed()))))
  const rows = await db.selectFrom('topic').select(['pings', 'due_at']).execute()
  assert.equal(rows.length, 200)
  assert.ok(rows.every(({ pings, due_at }) => pings === 10 && due_at !== null))
})

test('a topic that streams read is fetched whole and stays, as if subscribed to, and goes when they have gone', async (t) => {
  const { db, publisher, ping, drain, published, row, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await db
    .insertInto('topic')
    .values({
      ...{ key: urlKey(topic), url: topic, origin: originOf(topic) },
      read_until: new Date(world.now().getTime() + 60_000),
    })
    .execute()
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 0)
  await ping(topic)
  await drain()
  assert.deepEqual(
    (await published(topic)).map(({ text }) => text),
    ['content'],
  )
  await db.deleteFrom('broadcast').execute()
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 0)
  world.advance({ minutes: 1 })
  assert.equal(await pruneTopics(db, { now: world.now(), limit: 100 }), 2)
  assert.equal(await row(topic), undefined)
})

test('PUB-13: an alias of a topic that only streams read makes it due', async (t) => {
  const { db, publisher, ping, drain, published, world } = await publishingChapter(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  publisher.publishes('/alias', 'content', { self: topic })
  await db
    .insertInto('topic')
    .values({
      ...{ key: urlKey(topic), url: topic, origin: originOf(topic) },
      read_until: new Date(world.now().getTime() + 60_000),
    })
    .execute()
  await ping(publisher.topic('/alias'))
  await drain()
  assert.equal((await published(topic)).length, 1)
})

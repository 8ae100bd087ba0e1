import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '../../src/db/database.ts'
import type { Db } from '../../src/db/schema.ts'
import { dropAttemptDays, makeAttemptDays, recordAttempts } from '../../src/distribution/attempt-store.ts'
import { claimBroadcasts, lockTopics } from '../../src/distribution/broadcast-store.ts'
import type { Distribution } from '../../src/distribution/distribution.ts'
import { createLowerBound } from '../../src/work/lower-bound.ts'
import { untilWaitsForLock } from '../support/postgres.ts'
import { openSnapshot } from '../support/snapshot.ts'
import { startSubscriber } from '../support/subscriber.ts'
import { distributing, publishNow } from './setup.ts'

const nothingOwed = { broadcasts: 0, batches: 0, backlog: 0 }

test('rule 1: a publication that came while a retry was on its way is not lost', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing, distribution } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ status: 500 }, { until: held.promise })
  await publish(id, 'first')
  await drain()
  world.advance({ seconds: 7 })
  await turn(distribution, 'catch-up')
  await subscriber.until(() => subscriber.deliveries().length === 2, 'the retry')
  await publish(id, 'second')
  await turn(distribution, 'broadcast') // Passes the row by: its retry is still on its way.
  held.resolve()
  await drain()
  assert.equal(subscriber.received.at(-1), 'second')
  assert.deepEqual(await owing(), nothingOwed)
})

test('rule 1: no number is taken between the look at the newest and the end of a backlog row', async (t) => {
  const { topic, db, world } = await distributing(t)
  const id = await topic()
  let published: Promise<number> | undefined
  let done = false
  await transaction(db, async (tx) => {
    await lockTopics(tx, [id])
    published = publishNow(db, id, 'content', world.now()).finally(() => {
      done = true
    })
    await untilWaitsForLock(db)
    assert.equal(done, false)
  })
  assert.equal(await published, 1)
})

test('rules 2 and 3: two processes carry one broadcast, each subscription once, and it ends', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing, another, distribution } = await distributing(t)
  const id = await topic()
  const paths = Array.from({ length: 900 }, (_, i) => `/${i}`)
  for (const path of paths) await subscribe(id, subscriber.callback(path))
  const second = another()
  for (const body of ['one', 'two', 'three']) {
    await publish(id, body)
    await Promise.all([drain(distribution), drain(second)])
    await drain()
    const arrived = subscriber.deliveries().filter(({ text }) => text === body)
    assert.equal(arrived.length, 900)
    assert.equal(new Set(arrived.map(({ path }) => path)).size, 900)
  }
  assert.deepEqual(await owing(), nothingOwed)
})

test('rule 4: a claim looks at two thousand subscriptions and no more, however many are behind', async (t) => {
  const { topic, subscriber, db, world, publish } = await distributing(t)
  const id = await topic()
  await manyBehind(db, { topicId: id, callback: subscriber.callback('/'), count: 5000 })
  await publish(id, 'content')
  const now = world.now()
  const claim = { now, until: new Date(now.getTime() + 30_000), limit: 300, turnFrom: null, besides: [] }
  const first = await claimBroadcasts(db, { ...claim, token: crypto.randomUUID() })
  assert.deepEqual(first.batches, [])
  const { cursor } = await db.selectFrom('broadcast').select('cursor').executeTakeFirstOrThrow()
  const { rows } = await sql<{
    looked: number
  }>`select count(*) as looked from subscription where id <= ${cursor}`.execute(db)
  assert.equal(rows[0]?.looked, 2000)
})

test('rule 6: neither a missing day nor an open snapshot keeps attempts from being written', async (t) => {
  const { db, world } = await distributing(t)
  const dump = await openSnapshot(db)
  const attempt = {
    at: world.now(),
    topic_id: 1,
    number: 1,
    subscription_id: 1,
    attempt: 1,
    outcome: 'delivered',
    status: 200,
    failure: null,
    name_ms: null,
    connect_ms: null,
    first_byte_ms: null,
    total_ms: 1,
  }
  await recordAttempts(db, [attempt])
  await makeAttemptDays(db, { now: world.now() })
  const later = new Date(world.now().getTime() + 30 * 86_400_000)
  const dropping = dropAttemptDays(db, { before: later }).then(
    () => 'dropped',
    () => 'gave up',
  )
  const writing = recordAttempts(db, [{ ...attempt, at: new Date(world.now().getTime() + 86_400_000) }])
  assert.equal(
    await Promise.race([dropping, writing.then(() => 'written')]),
    'written',
    'the drop waits, the write does not',
  )
  assert.equal(await dropping, 'gave up')
  await dump.close()
  assert.ok((await dropAttemptDays(db, { before: later })) >= 1)
})

test('rule 7: where claims begin trails what was claimed, and begins anew every few seconds', () => {
  let nowMs = 0
  const bound = createLowerBound<number>(() => nowMs)
  assert.equal(bound.get(), null)
  bound.claimed(10)
  nowMs = 2500
  bound.claimed(20)
  assert.equal(bound.get(), 10)
  nowMs = 4900
  bound.claimed(30)
  assert.equal(bound.get(), 20)
  nowMs = 5100
  assert.equal(bound.get(), null, 'a sweep')
  assert.equal(bound.get(), 20)
})

test('rule 8: a process that was stopped sends nothing under a claim that is nearly over', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing, distribution, another } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback('/a'))
  await subscribe(id, subscriber.callback('/b'))
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  world.stall(60_000)
  world.advance({ seconds: 60 })
  held.resolve()
  await subscriber.until(() => subscriber.deliveries()[0]?.ended === true, 'the first to end')
  await settled(distribution)
  assert.deepEqual(
    subscriber
      .deliveries()
      .map(({ path }) => path)
      .slice(1),
    [],
  )
  world.advance({ seconds: 26 })
  await drain(another())
  assert.equal(subscriber.deliveries({ path: '/b' }).length, 1)
  assert.equal(
    subscriber.deliveries({ path: '/a' }).length,
    1,
    'nobody took the batch over: what came of it is written',
  )
  assert.deepEqual(await owing(), nothingOwed)
})

test('rules 8 and 11: a process does not take over from itself', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing, distribution } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first try')
  world.advance({ seconds: 26 })
  await turn(distribution, 'reclaim')
  held.resolve()
  await drain()
  assert.deepEqual(subscriber.received, ['content'])
  assert.deepEqual(await owing(), nothingOwed)
})

test('rules 8 and 11: a lapsed claim is taken over, and whoever lost it writes nothing', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing, distribution, another } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise, status: 500 })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first try')
  world.advance({ seconds: 26 })
  await drain(another())
  held.resolve()
  await settled(distribution)
  assert.deepEqual(subscriber.received, ['content', 'content'])
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('fanfare-notification')),
    [`${subscription}-1`, `${subscription}-1`],
  )
  assert.deepEqual(await owing(), nothingOwed, 'the 500 came to a process whose claim had lapsed')
})

test('rule 8: whoever lost a claim cannot end the batch of whoever took it over', async (t) => {
  const { topic, subscribe, publish, subscriber, world, db, owing, distribution, another } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  subscriber.answersNext({ until: first.promise }, { until: second.promise })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first try')
  world.advance({ seconds: 26 })
  const other = another()
  await turn(other, 'reclaim')
  await subscriber.until(() => subscriber.deliveries().length === 2, 'the other’s try')
  first.resolve()
  await settled(distribution)
  assert.equal((await db.selectFrom('batch').select('id').execute()).length, 1)
  second.resolve()
  await settled(other)
  assert.deepEqual(await owing(), nothingOwed)
})

test('rule 9: 410 ends only the generation that was attempted', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, db, distribution } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise, status: 410 })
  await publish(id, 'first')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  await db.updateTable('subscription').set({ generation: 2 }).where('id', '=', subscription).execute()
  held.resolve()
  await drain()
  await publish(id, 'second')
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

test('rule 9: what begins over a second after its claim looks at its subscription again', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, distribution } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback('/a'))
  const gone = [await subscribe(id, subscriber.callback('/gone'))]
  await subscribe(id, subscriber.callback('/c'))
  gone.push(await subscribe(id, subscriber.callback('/gone-too'))) // Begins within a second of the look for `/gone`.
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  await db.deleteFrom('subscription').where('id', 'in', gone).execute()
  world.stall(900)
  await new Promise((resolve) => setTimeout(resolve, 0))
  world.stall(150)
  held.resolve()
  await drain()
  assert.deepEqual(
    subscriber.deliveries().map(({ path }) => path),
    ['/a', '/c'],
  )
})

test('rule 9 UNS-08: a retry that begins over a second after its claim looks at its subscription again', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, distribution } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const other = await startSubscriber(t)
  const id = await topic()
  for (const peer of [subscriber, other]) {
    await subscribe(id, peer.callback())
    peer.answersNext({ status: 404 })
  }
  await publish(id, 'content')
  await drain()
  world.advance({ seconds: 7 })
  const held = Promise.withResolvers<void>()
  for (const peer of [subscriber, other]) peer.answersNext({ until: held.promise })
  const tries = () => subscriber.deliveries().length + other.deliveries().length
  await turn(distribution, 'catch-up')
  await Promise.race([subscriber, other].map((peer) => peer.until(() => tries() === 3, 'the first retry')))
  await db.deleteFrom('subscription').execute()
  world.stall(900)
  await new Promise((resolve) => setTimeout(resolve, 0))
  world.stall(150)
  held.resolve()
  await drain()
  assert.equal(tries(), 3)
})

test('rule 10 DIST-19 DIST-21 DIST-27: a straggler leaves its batch, holds up nobody, and is not overtaken', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing, run, db } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback('/slow'))
  await subscribe(id, subscriber.callback('/quick'))
  const held = Promise.withResolvers<void>()
  subscriber.answers({ until: held.promise }, { path: '/slow' })
  run()
  await publish(id, 'first')
  await subscriber.until(() => subscriber.deliveries().length === 2, 'both first tries')
  while ((await owing()).backlog === 0);
  const [row] = await db.selectFrom('backlog').select('token').execute()
  assert.notEqual(row?.token ?? null, null, 'the row is claimed by the request that is still open')
  await publish(id, 'second')
  await subscriber.until(() => subscriber.deliveries({ path: '/quick' }).length === 2, 'the second at the quick one')
  assert.equal(subscriber.deliveries({ path: '/slow' }).length, 1, 'two are never in flight to one subscription')
  held.resolve()
  await subscriber.until(() => subscriber.deliveries({ path: '/slow' }).length === 2, 'the second at the slow one')
  assert.deepEqual(
    subscriber.deliveries({ path: '/slow' }).map(({ text }) => text),
    ['first', 'second'],
  )
  await drain()
  assert.deepEqual(await owing(), nothingOwed)
})

// What one of a rate takes may be less; what it adds up to is compared in Postgres alone, and never for being the same.
test('rule 13: every instant in the database but those of rates is kept to the millisecond, as a Date is', async (t) => {
  const { db } = await distributing(t)
  const { rows } = await sql<{ column: string }>`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = 'public' and data_type like 'timestamp%' and datetime_precision <> 3
      and table_name not like 'kysely%' and table_name <> 'rate'
  `.execute(db)
  assert.deepEqual(rows, [])
})

async function turn(distribution: Distribution, name: string): Promise<void> {
  await distribution.duties.find((duty) => duty.name === name)?.turn(new AbortController().signal)
}

async function settled(distribution: Distribution): Promise<void> {
  for (const duty of distribution.duties) await duty.settled()
}

async function manyBehind(
  db: Db,
  { topicId, callback, count }: { topicId: number; callback: string; count: number },
): Promise<void> {
  await sql`
    insert into subscription (topic_id, callback_key, topic, callback, origin, algorithm, lease_asked, lease_seconds,
      lease_began_at, lease_ends_at, joined)
    select ${topicId}, sha256(i::text::bytea), 't', ${callback} || i, 'http://behind.test:80', 'sha256', true, 3600, now(),
      now() + interval '1 hour', 0
    from generate_series(1, ${count}) i
  `.execute(db)
  await sql`
    insert into backlog (subscription_id, topic_id, origin, since, number, due_at)
    select id, topic_id, origin, 0, 1, now() + interval '1 hour' from subscription
  `.execute(db)
}

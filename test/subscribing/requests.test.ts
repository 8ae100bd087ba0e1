import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '../../src/db/database.ts'
import { wholeHub } from '../support/hub.ts'
import { untilWaitsForLock } from '../support/postgres.ts'
import { startSubscriber } from '../support/subscriber.ts'

test('VER-27: what one host is asked is limited over all its ports, and repeats neither take turns nor bring theirs forward', async (t) => {
  const { subscribe, database, subscriber, publisher, world } = await wholeHub(t, {
    environment: { RATE_VERIFY: '1/10s' },
  })
  const otherPort = await startSubscriber(t)
  const topic = publisher.topic('/feed')
  const beganAt = world.now()
  for (let repeat = 0; repeat < 5; repeat++) await subscribe(topic, subscriber.callback('/first'))
  for (let repeat = 0; repeat < 5; repeat++) await subscribe(topic, otherPort.callback('/second'))
  const rows = await database.db.selectFrom('verification').select(['callback', 'due_at']).orderBy('due_at').execute()
  assert.deepEqual(
    rows.map(({ callback }) => callback),
    [subscriber.callback('/first'), otherPort.callback('/second')],
  )
  const [first = 0, second = 0] = rows.map(({ due_at }) => due_at.getTime() - beganAt.getTime())
  assert.ok(first >= 200 && first < 2000, `the first is due in ${first} ms`)
  assert.ok(second >= 9000 && second < 12_000, `the second is due in ${second} ms`)
})

test('VER-27: requests without end postpone their verification by a second, no more', async (t) => {
  const { subscribe, database, subscriber, publisher, world } = await wholeHub(t)
  const topic = publisher.topic('/feed')
  const beganAt = world.now()
  for (let repeat = 0; repeat < 20; repeat++) {
    await subscribe(topic, subscriber.callback())
    world.advance({ seconds: 0.1 })
  }
  const { due_at } = await database.db.selectFrom('verification').select('due_at').executeTakeFirstOrThrow()
  const dueMs = due_at.getTime() - beganAt.getTime()
  assert.ok(dueMs >= 1000 && dueMs < 1500, `due after ${dueMs} ms`)
})

test('DEN-10 SUB-30 A-29: once more denials wait for a host than ten minutes can tell, a request is refused instead', async (t) => {
  const { subscribe, database, subscriber, publisher, world } = await wholeHub(t, {
    environment: { TOPIC_POLICY: 'registered', RATE_DENY: '1/5m' },
  })
  const topic = publisher.topic('/foreign')
  const answers = []
  for (let at = 0; at < 5; at++) answers.push(await subscribe(topic, subscriber.callback(`/${at}`)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 429, 429, 429],
  )
  assert.match((await answers[4]?.text()) ?? '', /does not serve/)
  const retryAfterSeconds = Number(answers[4]?.headers.get('retry-after'))
  assert.ok(retryAfterSeconds > 0 && retryAfterSeconds <= 300, `Retry-After: ${retryAfterSeconds}`)
  assert.equal((await database.db.selectFrom('denial').selectAll().execute()).length, 2)
  world.advance({ minutes: 6 })
  assert.equal((await subscribe(topic, subscriber.callback('/later'))).status, 202)
})

test('VER-19 VER-05: a callback in trouble is asked again, each time by another challenge, and its yes counts', async (t) => {
  const { subscribe, drain, subscriber, publisher, world, database, recorded } = await wholeHub(t)
  subscriber.verifiesNext({ status: 503 }, { status: 429, headers: { 'Retry-After': '600' } })
  await subscribe(publisher.topic('/feed'), subscriber.callback())
  await drain()
  assert.equal(subscriber.verifications().length, 1)
  world.advance({ seconds: 40 })
  await drain()
  assert.equal(subscriber.verifications().length, 2)
  world.advance({ minutes: 9 })
  await drain()
  assert.equal(subscriber.verifications().length, 2, 'Retry-After is honoured')
  world.advance({ minutes: 2 })
  const before = world.now()
  await drain()
  const challenges = subscriber.verifications().map((each) => each.parameter('hub.challenge'))
  assert.equal(new Set(challenges).size, 3)
  const row = await database.db.selectFrom('subscription').select('lease_began_at').executeTakeFirstOrThrow()
  assert.ok(row.lease_began_at >= before, 'the lease counts from the question that was answered')
  assert.deepEqual(
    recorded.of('verificationFailed').map(({ final }) => final),
    [false, false],
  )
})

test('VER-19: a callback that never answers is asked four times, and then no more', async (t) => {
  const { subscribe, drain, subscriber, publisher, world, database } = await wholeHub(t)
  subscriber.verifies({ fault: 'reset' })
  await subscribe(publisher.topic('/feed'), subscriber.callback())
  for (let minutes = 0; minutes < 40; minutes += 2) {
    await drain()
    world.advance({ minutes: 2 })
  }
  assert.equal(new Set(subscriber.verifications().map((each) => each.parameter('hub.challenge'))).size, 4)
  assert.deepEqual(await database.db.selectFrom('verification').selectAll().execute(), [])
})

test('SUB-22: a yes to a question that is out of date is not told as one', async (t) => {
  const { subscribe, drain, hub, subscriber, publisher, world, recorded } = await wholeHub(t)
  const held = Promise.withResolvers<void>()
  subscriber.verifiesNext({ echo: 200, type: null, until: held.promise })
  const [topic, callback] = [publisher.topic('/feed'), subscriber.callback()]
  await subscribe(topic, callback, { 'hub.lease_seconds': '7200' })
  world.advance({ seconds: 1 })
  const draining = hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 1, 'the first question')
  subscriber.verifies('refuse')
  await subscribe(topic, callback, { 'hub.lease_seconds': '3600' })
  held.resolve()
  await draining
  await drain()
  assert.equal(subscriber.verifications().length, 2)
  assert.deepEqual(recorded.of('verified'), [])
})

test('UNS-01: the yes to an unsubscription outlives a deadlock with the settlement of what was owed', async (t) => {
  const { subscribe, unsubscribe, drain, hub, subscriber, publisher, ping, database, world } = await wholeHub(t)
  const [topic, callback] = [publisher.topic('/feed'), subscriber.callback()]
  await subscribe(topic, callback)
  await drain()
  subscriber.answers({ status: 500 })
  publisher.publishes('/feed', 'one')
  await ping(topic)
  await drain()
  const { subscription_id } = await database.db
    .selectFrom('backlog')
    .select('subscription_id')
    .executeTakeFirstOrThrow()
  await unsubscribe(topic, callback)
  // As a settlement does: the backlog row first, and then its subscription.
  await transaction(database.db, async (tx) => {
    await sql`set local deadlock_timeout = '1min'`.execute(tx) // It is the hub's that Postgres ends, not this one.
    await sql`select from backlog where subscription_id = ${subscription_id} for update`.execute(tx)
    world.advance({ seconds: 1 })
    const draining = hub.drain()
    await untilWaitsForLock(database.db)
    await sql`update subscription set through = through where id = ${subscription_id}`.execute(tx)
    return { draining }
  }).then(({ draining }) => draining)
  assert.deepEqual(await database.db.selectFrom('subscription').selectAll().execute(), [])
  assert.equal(subscriber.verifications().length, 2, 'nobody is asked twice')
})

test('rule 14: two hubs ask of each request once, and each yes is kept', async (t) => {
  const one = await wholeHub(t)
  const two = await wholeHub(t, { database: one.database, world: one.world })
  const topic = one.publisher.topic('/feed')
  const requests = Array.from({ length: 200 }, (_, at) => ({ at, hub: at % 2 === 0 ? one : two }))
  await Promise.all(requests.map(({ at, hub }) => hub.subscribe(topic, one.subscriber.callback(`/${at}`))))
  one.world.advance({ seconds: 10 })
  await Promise.all([one.hub.drain(), two.hub.drain()])
  await Promise.all([one.hub.drain(), two.hub.drain()])
  assert.equal(one.subscriber.verifications().length, 200)
  const kept = await one.database.db.selectFrom('subscription').select('callback').execute()
  assert.equal(new Set(kept.map(({ callback }) => callback)).size, 200)
})

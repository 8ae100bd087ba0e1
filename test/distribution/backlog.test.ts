import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Distribution } from '../../src/distribution/distribution.ts'
import { createCipher } from '../../src/subscribing/secret.ts'
import { distributing } from './setup.ts'

const nothingOwed = { broadcasts: 0, batches: 0, backlog: 0 }

test('RETRY-02 RETRY-04 RETRY-13: what fails is sent again by the schedule, under the same notification id', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 500 }, { status: 500 })
  await publish(id, 'content')
  await drain()
  assert.equal(subscriber.deliveries().length, 1)
  world.advance({ seconds: 7 })
  await drain()
  assert.equal(subscriber.deliveries().length, 2)
  world.advance({ seconds: 7 })
  await drain()
  assert.equal(subscriber.deliveries().length, 2, 'the second delay is 30 s, a quarter less at the most')
  world.advance({ seconds: 31 })
  await drain()
  assert.deepEqual(subscriber.received, ['content', 'content', 'content'])
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('fanfare-notification')),
    Array(3).fill(`${subscription}-1`),
  )
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('fanfare-attempt')),
    ['1', '2', '3'],
  )
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('fanfare-number')),
    ['1', '1', '1'],
  )
  assert.deepEqual(await owing(), nothingOwed)
})

for (const [what, answer] of [
  ['301', { status: 301, headers: { Location: '/elsewhere' } }],
  ['302', { status: 302, headers: { Location: '/elsewhere' } }],
  ['307', { status: 307, headers: { Location: '/elsewhere' } }],
  ['308', { status: 308, headers: { Location: '/elsewhere' } }],
  ['400', { status: 400 }],
  ['401', { status: 401 }],
  ['403', { status: 403 }],
  ['404', { status: 404 }],
  ['413', { status: 413 }],
  ['501', { status: 501 }],
  ['a reset', { fault: 'reset' }],
] as const) {
  test(`RETRY-02 RETRY-03 RETRY-08 A-22 MIG-08: ${what} is failure, is not followed, is retried, and ends no subscription`, async (t) => {
    const { topic, subscribe, publish, drain, subscriber, world, db } = await distributing(t)
    const id = await topic()
    await subscribe(id, subscriber.callback('/cb'))
    subscriber.answers(answer, { path: '/cb' })
    await publish(id, 'content')
    await drain()
    assert.equal(subscriber.deliveries({ path: '/elsewhere' }).length, 0)
    subscriber.answers({ status: 204 }, { path: '/cb' })
    world.advance({ seconds: 7 })
    await drain()
    assert.equal(subscriber.deliveries().at(-1)?.status, 204)
    assert.equal((await db.selectFrom('subscription').select('id').execute()).length, 1)
  })
}

test('RETRY-05 RETRY-06: a number that fails to the end of the schedule is given up, the subscription is not', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, owing, recorded } = await distributing(t, {
    RETRY_SCHEDULE: '5s,30s',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answers({ status: 404 })
  await publish(id, 'first')
  await drain()
  for (const minutes of [1, 2, 30]) {
    world.advance({ minutes })
    await drain()
  }
  assert.equal(subscriber.deliveries().length, 3)
  assert.deepEqual(await owing(), nothingOwed)
  assert.equal(recorded.of('gaveUp').length, 1)
  const { through } = await db.selectFrom('subscription').select('through').executeTakeFirstOrThrow()
  assert.equal(through, 1, 'it is behind no more')
  subscriber.answers({ status: 200 })
  await publish(id, 'second')
  await drain()
  assert.equal(subscriber.received.at(-1), 'second')
  assert.equal(subscriber.deliveries().length, 4)
})

test('RETRY-11 DIST-20: a newer publication supersedes the one that waits, whose tries start anew', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 500 })
  await publish(id, 'first')
  await drain()
  await publish(id, 'second')
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
  assert.equal(subscriber.deliveries()[1]?.header('fanfare-attempt'), '1')
  assert.deepEqual(await owing(), nothingOwed)
})

test('RETRY-11: tries start anew for a number that came while an older one was failing', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing, distribution } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ status: 500 }, { status: 500, until: held.promise })
  await publish(id, 'first')
  await drain()
  world.advance({ seconds: 7 })
  await catchUp(distribution)
  await subscriber.until(() => subscriber.deliveries().length === 2, 'the retry')
  await publish(id, 'second')
  held.resolve()
  for (const duty of distribution.duties) await duty.settled()
  world.advance({ seconds: 7 })
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'first', 'second'])
  assert.equal(subscriber.deliveries()[2]?.header('fanfare-attempt'), '1')
  assert.deepEqual(await owing(), nothingOwed)
})

test('DIST-21: a newer publication does not have a retry claimed twice that is on its way', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, distribution, another } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ status: 500 }, { until: held.promise })
  await publish(id, 'first')
  await drain()
  world.advance({ seconds: 7 })
  await catchUp(distribution)
  await subscriber.until(() => subscriber.deliveries().length === 2, 'the retry')
  await publish(id, 'second')
  await drain(another())
  assert.equal(subscriber.deliveries().length, 2)
  held.resolve()
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'first', 'second'])
})

test('RETRY-06 RETRY-11: a callback that has been failing is tried with a newer number sooner than its schedule says, but not at once', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 404 }, { status: 404 })
  await publish(id, 'first')
  await drain()
  world.advance({ seconds: 8 })
  await drain()
  assert.equal(subscriber.deliveries().length, 2, 'failing for 8 s; the next try is due after 22 s or more')
  await publish(id, 'second')
  await drain()
  assert.equal(subscriber.deliveries().length, 2)
  world.advance({ seconds: 3 })
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'first', 'second'])
})

test('RETRY-10: Retry-After is honoured on 429 and 503, for newer publications too', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 503, headers: { 'Retry-After': '3600' } })
  await publish(id, 'first')
  await drain()
  world.advance({ minutes: 30 })
  await publish(id, 'second')
  await drain()
  assert.equal(subscriber.deliveries().length, 1)
  world.advance({ minutes: 31 })
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

test('LEASE-14 RETRY-12: nothing is retried beyond the lease', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback(), { leaseSeconds: 60 })
  subscriber.answers({ status: 500 })
  await publish(id, 'content')
  await drain()
  world.advance({ minutes: 2 })
  await drain()
  assert.equal(subscriber.deliveries().length, 1)
  assert.deepEqual(await owing(), nothingOwed)
})

test('UNS-08 rule 9: what a subscription was owed goes with it', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback())
  subscriber.answers({ status: 500 })
  await publish(id, 'content')
  await drain()
  await db.deleteFrom('subscription').where('id', '=', subscription).execute()
  world.advance({ days: 1 })
  await drain()
  assert.equal(subscriber.deliveries().length, 1)
})

test('SIG-10 A-41: a retry is signed with the secret that holds when it is sent', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback(), { secret: 'old' })
  subscriber.answersNext({ status: 500 })
  await publish(id, 'content')
  await drain()
  const secret = createCipher('a key for tests, and for nothing else').seal('new')
  await db.updateTable('subscription').set({ secret }).where('id', '=', subscription).execute()
  world.advance({ seconds: 7 })
  await drain()
  const hmac = (key: string) => `sha256=${createHmac('sha256', key).update('content').digest('hex')}`
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('x-hub-signature')),
    [hmac('old'), hmac('new')],
  )
})

test('a subscription that is behind owes one row, however much it missed', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, owing } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answers({ status: 404 })
  for (let number = 1; number <= 20; number++) {
    await publish(id, `number ${number}`)
    await drain()
    world.advance({ seconds: 1 })
  }
  assert.equal((await owing()).backlog, 1)
  subscriber.answers({ status: 200 })
  world.advance({ minutes: 16 })
  await drain()
  assert.equal(subscriber.received.at(-1), 'number 20')
  assert.deepEqual(await owing(), nothingOwed)
  const row = await db.selectFrom('subscription').select('through').executeTakeFirstOrThrow()
  assert.equal(row.through, 20)
})

test('every: each publication is delivered in turn, through failures', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, owing } = await distributing(t)
  const id = await topic({ delivery: 'every' })
  await subscribe(id, subscriber.callback('/steady'))
  await subscribe(id, subscriber.callback('/flaky'))
  subscriber.answers({ status: 500 }, { path: '/flaky' })
  for (let number = 1; number <= 5; number++) await publish(id, `number ${number}`)
  await drain()
  const numbers = [1, 2, 3, 4, 5].map((number) => `number ${number}`)
  assert.deepEqual(
    subscriber.deliveries({ path: '/steady' }).map(({ text }) => text),
    numbers,
  )
  subscriber.answers({ status: 200 }, { path: '/flaky' })
  world.advance({ minutes: 1 })
  await drain()
  assert.equal(subscriber.deliveries({ path: '/flaky' })[1]?.header('fanfare-attempt'), '2')
  assert.equal(subscriber.deliveries({ path: '/flaky' })[1]?.status, 200, 'what comes after does not hurry the head')
  const arrived = subscriber.deliveries({ path: '/flaky' }).filter(({ status }) => status === 200)
  assert.deepEqual(
    arrived.map(({ text }) => text),
    numbers,
  )
  assert.deepEqual(await owing(), nothingOwed)
})

test('rule 15: what is owed but no longer kept is given up and said so', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, owing, recorded, another } = await distributing(t)
  const id = await topic({ delivery: 'every' })
  await subscribe(id, subscriber.callback())
  subscriber.answers({ status: 500 })
  await publish(id, 'one')
  await publish(id, 'two')
  await drain()
  await db.deleteFrom('publication').where('number', '=', 1).execute()
  subscriber.answers({ status: 200 })
  world.advance({ minutes: 1 })
  await drain(another()) // The first process may remember what it sent.
  assert.equal(subscriber.received.at(-1), 'two')
  assert.deepEqual(
    recorded.of('gaveUp').map(({ why, number }) => [why, number]),
    [['content no longer kept', 1]],
  )
  assert.deepEqual(await owing(), nothingOwed)
})

test('RETRY-06: a process that runs by itself tries a newer publication at once where the last one failed', async (t) => {
  const { topic, subscribe, publish, subscriber, run, owing } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answersNext({ status: 500 })
  run()
  await publish(id, 'first')
  while ((await owing()).backlog === 0);
  await publish(id, 'second')
  await subscriber.until(() => subscriber.deliveries().length === 2, 'the second')
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

async function catchUp({ duties }: Distribution): Promise<void> {
  await duties.find(({ name }) => name === 'catch-up')?.turn(new AbortController().signal)
}

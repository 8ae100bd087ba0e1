import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { beginRenewals, cancel } from '../../src/subscribing/subscription-store.ts'
import { wholeHub } from '../support/hub.ts'

/** A subscription whose length the hub chose, half a day before its end: its renewal is due. */
async function nearItsEnd(
  t: TestContext,
  { environment = {}, fields = {} }: Readonly<Record<'environment' | 'fields', Readonly<Record<string, string>>>>,
) {
  const whole = await wholeHub(t, { environment })
  const topic = whole.publisher.topic('/feed')
  const callback = whole.subscriber.callback()
  await whole.subscribe(topic, callback, fields)
  await whole.drain()
  whole.world.advance({ days: 9, hours: 12 })
  return {
    ...whole,
    topic,
    callback,
    /** The renewal is written, and not yet asked. */
    begins: () => beginRenewals(whole.database.db, { now: whole.world.now(), limit: 10, renewed: [false] }),
    cancels: () => cancel(whole.database.db, { topic, callback }, { reason: 'why not', now: whole.world.now() }),
    subscriptions: () => whole.database.db.selectFrom('subscription').selectAll().execute(),
    async isServedAfter(days: number): Promise<boolean> {
      whole.world.advance({ days })
      whole.publisher.publishes('/feed', `after ${days} days more`)
      await whole.ping(topic)
      await whole.drain()
      return whole.subscriber.received.includes(`after ${days} days more`)
    },
  }
}

const unasked = { environment: {}, fields: {} }

test('DEN-05 DEN-06: a subscription that is cancelled is not asked whether it shall be renewed', async (t) => {
  const { begins, cancels, drain, subscriber, database } = await nearItsEnd(t, unasked)
  assert.equal(await begins(), 1)
  assert.equal(await cancels(), true)
  await drain()
  assert.equal(subscriber.verifications().length, 1, 'the first subscription alone')
  assert.equal(subscriber.denials().length, 1)
  assert.deepEqual(await database.db.selectFrom('verification').selectAll().execute(), [])
})

test('DEN-05 DEN-06 RETRY-07: a yes to the renewal of what ended meanwhile brings nothing back', async (t) => {
  const { begins, cancels, hub, drain, subscriber, subscriptions } = await nearItsEnd(t, unasked)
  const held = Promise.withResolvers<void>()
  subscriber.verifies({ echo: 200, type: null, until: held.promise })
  await begins()
  const draining = hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 2, 'the renewal')
  assert.equal(await cancels(), true)
  held.resolve()
  await draining
  await drain()
  assert.deepEqual(await subscriptions(), [])
})

test('LEASE-15 VER-24 SUB-20: a renewal by the hub gives a lease counted from its question, and changes nothing else', async (t) => {
  const { drain, subscriber, subscriptions, isServedAfter } = await nearItsEnd(t, {
    environment: {},
    fields: { 'hub.secret': 'A' },
  })
  const [before] = await subscriptions()
  await drain()
  await drain()
  const [after] = await subscriptions()
  assert.ok(before !== undefined && after !== undefined)
  assert.ok(after.lease_ends_at.getTime() - before.lease_ends_at.getTime() >= 9.5 * 86_400_000)
  assert.ok(after.renew_at !== null)
  const unchanged = ['id', 'joined', 'through', 'secret', 'algorithm', 'topic', 'callback', 'lease_asked'] as const
  for (const name of unchanged) assert.deepEqual(after[name], before[name], name)
  assert.equal(after.generation, before.generation + 1)
  assert.equal(await isServedAfter(5), true)
  const [delivery] = subscriber.deliveries()
  const signature = createHmac('sha256', 'A')
    .update(delivery?.body ?? '')
    .digest('hex')
  assert.equal(delivery?.header('x-hub-signature'), `sha256=${signature}`)
})

test('LEASE-15 UNS-04: a stranger who asks to unsubscribe somebody at the end of a lease does not end its renewal', async (t) => {
  const { begins, unsubscribe, drain, topic, callback, subscriber, world, isServedAfter } = await nearItsEnd(t, unasked)
  await begins()
  await unsubscribe(topic, callback)
  subscriber.verifiesNext('refuse')
  await drain()
  world.advance({ minutes: 2 })
  await drain()
  await drain()
  assert.deepEqual(
    subscriber.verifications().map((each) => each.parameter('hub.mode')),
    ['subscribe', 'unsubscribe', 'subscribe'],
  )
  assert.equal(await isServedAfter(5), true)
})

test('VER-24: a renewal never replaces what the subscriber asked for itself', async (t) => {
  const { begins, subscribe, drain, topic, callback, subscriptions } = await nearItsEnd(t, unasked)
  await subscribe(topic, callback, { 'hub.lease_seconds': '7200' })
  await begins()
  await drain()
  const [row] = await subscriptions()
  assert.equal(row?.lease_asked, true)
  assert.equal(row?.lease_seconds, 7200)
})

for (const [policy, asked, served] of [
  ['unasked', '', true],
  ['unasked', '864000', false],
  ['always', '864000', true],
  ['off', '', false],
] as const) {
  test(`LEASE-15 A-08: LEASE_RENEWAL=${policy} ${served ? 'renews' : 'lets end'} a lease ${asked === '' ? 'left to the hub' : 'asked for'}`, async (t) => {
    const { drain, isServedAfter } = await nearItsEnd(t, {
      environment: { LEASE_RENEWAL: policy },
      fields: { 'hub.lease_seconds': asked },
    })
    await drain()
    await drain()
    assert.equal(await isServedAfter(5), served)
  })
}

test('LEASE-15: a hub told to renew no more renews none that were to be', async (t) => {
  const { database, world, subscriber } = await nearItsEnd(t, unasked)
  const off = await wholeHub(t, { database, world, environment: { LEASE_RENEWAL: 'off' } })
  await off.drain()
  await off.drain()
  assert.equal(subscriber.verifications().length, 1)
})

test('LEASE-12: a lease that ends while its renewal is asked was renewed without a gap', async (t) => {
  const { subscribe, drain, hub, topic, callback, subscriber, subscriptions, world } = await nearItsEnd(t, unasked)
  const [before] = await subscriptions()
  world.advance({ hours: 11, minutes: 59 })
  const held = Promise.withResolvers<void>()
  subscriber.verifies({ echo: 200, type: null, until: held.promise })
  await subscribe(topic, callback)
  world.advance({ seconds: 1 })
  const draining = hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 2, 'the renewal')
  world.advance({ minutes: 5 })
  held.resolve()
  await draining
  await drain()
  const [after, ...more] = await subscriptions()
  assert.deepEqual(more, [])
  assert.equal(after?.id, before?.id, 'the same subscription, with all it is owed')
})

/** A lease that has just ended while the answer to its last request is held back; another hub of the database goes on working. */
async function endedWhileAsked(
  t: TestContext,
  { mode = 'subscribe', answer = 200, delivered = true }: { mode?: string; answer?: number; delivered?: boolean },
) {
  const asked = { 'hub.lease_seconds': '864000' }
  const environment = { RETRY_SCHEDULE: '4s,4s' }
  const whole = await nearItsEnd(t, { environment, fields: asked })
  const { database, world, publisher, subscriber, topic, callback } = whole
  world.advance({ hours: 11, minutes: 59, seconds: 57 })
  publisher.publishes('/feed', 'before')
  subscriber.answersNext({ status: delivered ? 200 : 500 })
  await whole.ping(topic)
  await whole.drain()
  const held = Promise.withResolvers<void>()
  subscriber.verifies({ echo: answer, type: null, until: held.promise })
  await whole.post({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callback, ...asked })
  world.advance({ seconds: 1 })
  const draining = whole.hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 2, 'the question')
  world.advance({ seconds: 5 })
  const other = await wholeHub(t, { database, world, environment })
  return {
    ...whole,
    /** All that is due, of publishing and pruning too, is done while the answer is out. */
    async works() {
      await other.drain()
      assert.deepEqual(subscriber.received, ['before'], 'the lease has ended')
    },
    async publishes() {
      publisher.publishes('/feed', 'after')
      await other.ping(topic)
    },
    async answers() {
      held.resolve()
      await draining
      world.advance({ minutes: 1 })
      await whole.drain()
    },
    backlog: () => database.db.selectFrom('backlog').selectAll().execute(),
  }
}

test('LEASE-12 LEASE-14: what falls due between the end of a lease and the yes to its renewal waits for the yes', async (t) => {
  const { works, answers, subscriber } = await endedWhileAsked(t, { delivered: false })
  await works()
  await answers()
  assert.deepEqual(subscriber.received, ['before', 'before'])
})

test('LEASE-12: what is published between the end of a lease and the yes to its renewal waits for the yes', async (t) => {
  const { publishes, works, answers, subscriber } = await endedWhileAsked(t, {})
  await publishes()
  await works()
  await answers()
  assert.deepEqual(subscriber.received, ['before', 'after'])
})

test('LEASE-02 LEASE-14: what waited for the yes to a renewal goes with its no', async (t) => {
  const { publishes, works, answers, subscriber, subscriptions, backlog } = await endedWhileAsked(t, { answer: 404 })
  await publishes()
  await works()
  assert.equal((await backlog()).length, 1)
  await answers()
  assert.deepEqual(subscriber.received, ['before'])
  assert.deepEqual(await subscriptions(), [])
  assert.deepEqual(await backlog(), [])
})

test('LEASE-14: nothing waits for whoever was about to unsubscribe when its lease ended', async (t) => {
  const { works, answers, backlog } = await endedWhileAsked(t, { mode: 'unsubscribe', delivered: false })
  await works()
  assert.deepEqual(await backlog(), [])
  await answers()
})

for (const [who, asks] of [
  ['the hub', async ({ begins }) => await begins()],
  ['its subscriber', async ({ subscribe, topic, callback }) => await subscribe(topic, callback)],
] as const satisfies readonly (readonly [string, (near: Near) => Promise<unknown>])[]) {
  test(`LEASE-12 VER-19: a lease that ${who} renews before its end runs on though its callback says yes only when asked again`, async (t) => {
    const near = await nearItsEnd(t, unasked)
    const { drain, subscriber, subscriptions, world } = near
    const [before] = await subscriptions()
    world.advance({ hours: 11, minutes: 59, seconds: 58 })
    subscriber.verifiesNext({ status: 503 })
    await asks(near)
    await drain()
    assert.equal(subscriber.verifications().length, 2)
    world.advance({ minutes: 2 })
    await drain()
    await drain()
    const [after] = await subscriptions()
    assert.equal(after?.id, before?.id, 'the same subscription, with all it is owed')
    assert.ok(after !== undefined && after.lease_ends_at > world.now())
  })
}

type Near = Awaited<ReturnType<typeof nearItsEnd>>

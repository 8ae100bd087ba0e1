import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { claimBacklog, handOver } from '../../src/distribution/backlog-store.ts'
import type { Distribution } from '../../src/distribution/distribution.ts'
import { openBreakers, originsDue, originsRecovered, postponeProbe } from '../../src/distribution/origin-store.ts'
import { createCipher } from '../../src/subscribing/secret.ts'
import { originOf } from '../../src/url-key.ts'
import { type Distributing, distributing } from './setup.ts'

const nothingOwed = { broadcasts: 0, batches: 0, backlog: 0 }

test('rule 9 SIG-10 LEASE-14: what begins late goes by its subscription as it is then: secret, lease, generation', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, distribution } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback('/first'))
  const resecret = await subscribe(id, subscriber.callback('/secret'), { secret: 'old' })
  const ended = await subscribe(id, subscriber.callback('/ended'))
  const renewed = await subscribe(id, subscriber.callback('/renewed'))
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise })
  subscriber.answers({ status: 410 }, { path: '/renewed' })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  const secret = createCipher('a key for tests, and for nothing else').seal('new')
  await db.updateTable('subscription').set({ secret }).where('id', '=', resecret).execute()
  await sql`update subscription set lease_ends_at = lease_began_at + interval '1 ms' where id = ${ended}`.execute(db)
  await db.updateTable('subscription').set({ generation: 2 }).where('id', '=', renewed).execute()
  await later(world)
  held.resolve()
  await drain()
  assert.deepEqual(
    subscriber
      .deliveries()
      .map(({ path }) => path)
      .sort(),
    ['/first', '/renewed', '/secret'],
  )
  assert.equal(
    subscriber.deliveries({ path: '/secret' })[0]?.header('x-hub-signature'),
    `sha256=${createHmac('sha256', 'new').update('content').digest('hex')}`,
  )
  const left = await db.selectFrom('subscription').select('id').where('id', '=', renewed).execute()
  assert.deepEqual(left, [], 'the 410 was said of the renewed one')
})

test('rule 9 LEASE-12: what begins late, when its lease has ended and its renewal is asked, waits for the answer', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world, db, distribution, owing } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const id = await topic()
  await subscribe(id, subscriber.callback('/first'))
  const callback = subscriber.callback('/renewed')
  const renewed = await subscribe(id, callback)
  const held = Promise.withResolvers<void>()
  subscriber.answersNext({ until: held.promise })
  await publish(id, 'content')
  await turn(distribution, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  await sql`
    insert into verification (topic_key, callback_key, topic, callback, origin, mode, lease_asked, lease_seconds, requested_at, due_at)
    select t.key, s.callback_key, s.topic, s.callback, s.origin, 'subscribe', true, 60, s.lease_began_at, ${world.now()}
    from subscription s join topic t on t.id = s.topic_id where s.id = ${renewed}
  `.execute(db)
  await sql`update subscription set lease_ends_at = lease_began_at + interval '1 ms' where id = ${renewed}`.execute(db)
  await later(world)
  held.resolve()
  await drain()
  assert.equal(subscriber.deliveries({ path: '/renewed' }).length, 0)
  assert.deepEqual(await owing(), { ...nothingOwed, backlog: 1 })
})

for (const status of [200, 500, 410]) {
  test(`rules 8 and 10: a ${status} that comes after its retry was claimed anew settles nothing`, async (t) => {
    const { topic, subscribe, publish, drain, subscriber, world, db, owing, distribution, another } =
      await distributing(t)
    const id = await topic()
    const subscription = await subscribe(id, subscriber.callback())
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    subscriber.answersNext({ status: 404 }, { status, until: first.promise }, { until: second.promise })
    await publish(id, 'content')
    await drain()
    world.advance({ seconds: 7 })
    await turn(distribution, 'catch-up')
    await subscriber.until(() => subscriber.deliveries().length === 2, 'the retry')
    world.advance({ seconds: 26 })
    await db.updateTable('subscription').set({ generation: 2 }).where('id', '=', subscription).execute()
    const other = another()
    await turn(other, 'catch-up')
    await subscriber.until(() => subscriber.deliveries().length === 3, 'the other’s retry')
    const claimed = await db.selectFrom('backlog').selectAll().execute()
    first.resolve()
    await settled(distribution)
    assert.deepEqual(await db.selectFrom('backlog').selectAll().execute(), claimed)
    second.resolve()
    await settled(other)
    assert.deepEqual(await owing(), nothingOwed)
  })
}

test('A-21 RETRY-10: of what waits behind an open breaker one row at a time is claimed, and none before its Retry-After', async (t) => {
  const distributed = await distributing(t)
  const { db, world } = distributed
  const now = world.now()
  const hence = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  const origin = await behind(distributed, [
    { name: 'asked for rest', dueAt: hence(1), notBefore: hence(1) },
    { name: 'longest', dueAt: hence(2) },
    { name: 'other', dueAt: hence(3) },
  ])
  await openBreakers(db, [origin], { now })
  const claimed = async (at: Date) => {
    const rows = await claimBacklog(db, { ...bounds, now: at, until: hence(9), token: crypto.randomUUID() })
    return names(
      db,
      rows.claimed.map(({ subscriptionId }) => subscriptionId),
    )
  }
  assert.deepEqual(await claimed(now), [])
  const probeAt = new Date(now.getTime() + 30_000)
  assert.deepEqual(await claimed(probeAt), ['longest'])
  assert.deepEqual(await claimed(probeAt), [], 'nobody else probes meanwhile')
})

test('A-21: neither what falls behind at an open breaker nor what fails there once more brings the probe sooner', async (t) => {
  const distributed = await distributing(t)
  const { db, world } = distributed
  const now = world.now()
  const hence = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  const origin = await behind(distributed, [{ name: 'waits', dueAt: now }])
  const claimed = async (at: Date) => {
    const rows = await claimBacklog(db, { ...bounds, now: at, until: hence(9999), token: crypto.randomUUID() })
    return rows.claimed.map(({ probeWaitMs }) => probeWaitMs)
  }
  await openBreakers(db, [origin], { now })
  await originsDue(db, new Map([[origin, now]]))
  assert.deepEqual(await claimed(now), [])
  await postponeProbe(db, { origin, waitMs: 120_000, now })
  await openBreakers(db, [origin], { now })
  assert.deepEqual(await claimed(hence(119)), [])
  assert.deepEqual(await claimed(hence(120)), [120_000])
})

test('A-21: a probe that failed where the breaker has closed meanwhile changes nothing', async (t) => {
  const distributed = await distributing(t)
  const { db, world } = distributed
  const now = world.now()
  const origin = await behind(distributed, [{ name: 'waits', dueAt: now }])
  const row = () => db.selectFrom('origin').selectAll().executeTakeFirstOrThrow()
  const before = await row()
  await postponeProbe(db, { origin, waitMs: 120_000, now })
  assert.deepEqual(await row(), before)
})

test('SEC-22: what is set aside is not claimed, and nothing of an origin that has no room', async (t) => {
  const distributed = await distributing(t)
  const { db, world } = distributed
  const now = new Date(world.now().getTime() + 7_200_000)
  const origin = await behind(distributed, [
    { name: 'set aside', dueAt: world.now(), parkedWhy: 'it cannot be read' },
    { name: 'sound', dueAt: world.now() },
  ])
  const claim = { ...bounds, now, until: new Date(now.getTime() + 25_000), token: crypto.randomUUID() }
  const claimed = async (busyOrigins: readonly string[]) => {
    const rows = await claimBacklog(db, { ...claim, busyOrigins })
    return names(
      db,
      rows.claimed.map(({ subscriptionId }) => subscriptionId),
    )
  }
  assert.deepEqual(await claimed([origin]), [])
  assert.deepEqual(await claimed([]), ['sound'])
})

test('RETRY-10: an origin that answers again brings what failed for its sake, never what is claimed, failed by itself, or asked for rest', async (t) => {
  const distributed = await distributing(t)
  const { db, world } = distributed
  const now = world.now()
  const hence = new Date(now.getTime() + 3_600_000)
  const origin = await behind(distributed, [
    { name: 'of the origin', dueAt: hence, ofOrigin: true },
    { name: 'by itself', dueAt: hence },
    { name: 'asked for rest', dueAt: hence, ofOrigin: true, notBefore: hence },
    { name: 'claimed', dueAt: hence, ofOrigin: true, token: crypto.randomUUID() },
  ])
  await openBreakers(db, [origin], { now })
  await originsRecovered(db, [origin], { now })
  const { claimed } = await claimBacklog(db, { ...bounds, now, until: hence, token: crypto.randomUUID() })
  assert.deepEqual(
    await names(
      db,
      claimed.map(({ subscriptionId }) => subscriptionId),
    ),
    ['of the origin'],
  )
})

const bounds = { originsMax: 10, perOriginMax: 10, busyOrigins: [], dueFrom: null, probeMs: 30_000 }

interface Behind {
  readonly name: string
  readonly dueAt: Date
  readonly notBefore?: Date
  readonly ofOrigin?: boolean
  readonly token?: string
  readonly parkedWhy?: string
}

/** Subscriptions of one origin that are behind. @returns the origin */
async function behind({ topic, subscribe, db, world }: Distributing, rows: readonly Behind[]): Promise<string> {
  const topicId = await topic()
  const tried = { since: 0, number: 1, attempt: 1, failures: 1, failingSince: world.now(), newerWaitMs: 0 }
  for (const { name, dueAt, notBefore = null, ofOrigin = false, token = null, parkedWhy = null } of rows) {
    const subscriptionId = await subscribe(topicId, `http://behind.test/${encodeURIComponent(name)}`)
    const row = { ...tried, subscriptionId, topicId, ofOrigin, notBefore, dueAt, token, parkedWhy }
    await handOver(db, [row], { now: world.now() })
  }
  const origin = originOf('http://behind.test/')
  await originsDue(db, new Map([[origin, new Date(world.now().getTime() + 3_600_000)]]))
  return origin
}

async function names(db: Distributing['db'], ids: readonly number[]): Promise<readonly string[]> {
  const rows = await db.selectFrom('subscription').select(['id', 'callback']).execute()
  return rows
    .filter(({ id }) => ids.includes(id))
    .map(({ callback }) => decodeURIComponent(callback.split('/').at(-1) ?? ''))
}

/** Over a second passes for what was claimed, and less than one for what was begun. */
async function later(world: Distributing['world']): Promise<void> {
  world.stall(900)
  await new Promise((resolve) => setTimeout(resolve, 0))
  world.stall(150)
}

async function turn(distribution: Distribution, name: string): Promise<void> {
  await distribution.duties.find((duty) => duty.name === name)?.turn(new AbortController().signal)
}

async function settled(distribution: Distribution): Promise<void> {
  for (const duty of distribution.duties) await duty.settled()
}

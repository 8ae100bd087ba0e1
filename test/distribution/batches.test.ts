import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '../../src/db/database.ts'
import { claimLapsedBatches, settleBatches } from '../../src/distribution/batch-store.ts'
import { claimBroadcasts } from '../../src/distribution/broadcast-store.ts'
import { type Distributing, distributing } from './setup.ts'

function claimAt(world: Distributing['world']) {
  const now = world.now()
  return { now, until: new Date(now.getTime() + 25_000), token: crypto.randomUUID(), limit: 300 }
}

const unbounded = { turnFrom: null, besides: [] }

/** A batch of three subscriptions, on their way from number 1 to 2, that a process left behind. */
async function leftBehind(t: TestContext) {
  const set = await distributing(t)
  const { db, world } = set
  const id = await set.topic()
  const ids: number[] = []
  for (const path of ['/a', '/b', '/c']) ids.push(await set.subscribe(id, set.subscriber.callback(path)))
  await set.publish(id, 'one')
  await set.drain()
  await set.publish(id, 'two')
  const { batches } = await claimBroadcasts(db, { ...claimAt(world), ...unbounded })
  const [batch] = batches
  assert.ok(batch !== undefined)
  return {
    ...set,
    ids,
    batch,
    async takeOver() {
      world.advance({ seconds: 26 })
      const [taken] = await claimLapsedBatches(db, { ...claimAt(world), besides: [] })
      assert.ok(taken !== undefined)
      return taken
    },
  }
}

test('rule 11: whoever takes a batch over goes on where it was left, however often it changes hands', async (t) => {
  const { db, world, ids, batch, takeOver } = await leftBehind(t)
  const until = new Date(world.now().getTime() + 25_000)
  const settles = (claimed: typeof batch, done: number) =>
    transaction(db, (tx) => settleBatches(tx, [{ ...claimed, done: Buffer.of(done), complete: false }], { until }))
  await settles(batch, 0b001)
  const second = await takeOver()
  assert.deepEqual([...second.done], [0b001])
  assert.deepEqual(
    second.subscribers.map(({ subscriptionId, place, since }) => ({ subscriptionId, place, since })),
    [
      { subscriptionId: ids[1], place: 1, since: 1 },
      { subscriptionId: ids[2], place: 2, since: 1 },
    ],
  )
  await settles(second, 0b011)
  const third = await takeOver()
  assert.deepEqual([...third.done], [0b011])
  assert.deepEqual(
    third.subscribers.map(({ subscriptionId }) => subscriptionId),
    [ids[2]],
  )
})

test('rule 11: what was carried by the backlog meanwhile, or has ended, is not sent from a batch that is taken over', async (t) => {
  const { db, ids, takeOver } = await leftBehind(t)
  await db.updateTable('subscription').set({ through: 2 }).where('id', '=', Number(ids[0])).execute()
  await db.deleteFrom('subscription').where('id', '=', Number(ids[1])).execute()
  const { subscribers } = await takeOver()
  assert.deepEqual(
    subscribers.map(({ subscriptionId }) => subscriptionId),
    [ids[2]],
  )
})

test('topics take turns: more of them than one claim takes are all served before the first is served again', async (t) => {
  const { db, topic, publish, world } = await distributing(t)
  const ids: number[] = []
  for (let at = 0; at < 70; at++) ids.push(await topic({ path: `/${at}` }))
  await sql`
    insert into subscription (topic_id, callback_key, topic, callback, origin, algorithm, lease_asked, lease_seconds,
      lease_began_at, lease_ends_at, joined)
    select id, sha256(at::text::bytea), url, 'http://callback.test/' || at, 'http://callback.test', 'sha256', true, 864000,
      ${world.now()}, ${new Date(world.now().getTime() + 864_000_000)}, 0
    from topic, generate_series(1, 20) at
  `.execute(db)
  for (const id of ids) await publish(id, 'content')
  const claimed = async (besides: readonly number[] = []) => {
    const { batches } = await claimBroadcasts(db, { ...claimAt(world), turnFrom: null, besides })
    return batches.map(({ topicId }) => topicId)
  }
  const first = await claimed()
  const second = await claimed()
  assert.ok(first.length < ids.length, 'one claim does not take them all')
  assert.deepEqual(
    [...new Set([...first, ...second])].sort((some, other) => some - other),
    ids,
  )
  assert.deepEqual(await claimed(ids.slice(1)), [ids[0]], 'those left out take no turn')
})

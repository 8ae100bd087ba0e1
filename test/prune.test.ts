import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { makeAttemptDays, recordAttempts } from '../src/distribution/attempt-store.ts'
import { wholeHub } from './support/hub.ts'
import { openSnapshot } from './support/snapshot.ts'

test('rule 6: hubs that make the days of the log at the same moment do not disturb each other', async (t) => {
  const { database, world } = await wholeHub(t)
  for (let day = 0; day < 40; day += 4) {
    const now = new Date(world.now().getTime() + day * 86_400_000)
    await Promise.all([1, 2, 3].map(() => makeAttemptDays(database.db, { now })))
  }
  const { rows } = await sql<{ days: number }>`
    select count(*) as days from pg_inherits where inhparent = 'attempt'::regclass
  `.execute(database.db)
  assert.equal(rows[0]?.days, 40)
})

test('rule 6 LEASE-09: a dump that holds an old day of the log does not keep ended leases from being removed', async (t) => {
  const { database, world, publisher, subscriber, subscribe, drain, recorded } = await wholeHub(t)
  await subscribe(publisher.topic('/feed'), subscriber.callback(), { 'hub.lease_seconds': '300' })
  await drain()
  const at = world.now()
  const attempt = { at, topic_id: 1, number: 1, subscription_id: 1, attempt: 1, outcome: 'delivered', total_ms: 1 }
  const phases = { status: 200, failure: null, name_ms: null, connect_ms: null, first_byte_ms: null }
  await recordAttempts(database.db, [{ ...attempt, ...phases }])
  const dump = await openSnapshot(database.db)
  world.advance({ days: 30 })
  await drain()
  assert.deepEqual(await database.db.selectFrom('subscription').selectAll().execute(), [])
  assert.ok(
    recorded.of('dutyFailed').some(({ duty }) => duty === 'prune'),
    'and it is said that a day could not go',
  )
  await dump.close()
  world.advance({ minutes: 2 })
  await drain()
  assert.ok(recorded.of('pruned').some(({ table }) => table === 'attempt'))
})

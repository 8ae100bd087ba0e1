import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/database.ts'
import type { Db } from '../../src/db/schema.ts'
import { claimLapsedBatches, releaseBatches, settleBatches } from '../../src/distribution/batch-store.ts'
import { claimBroadcasts } from '../../src/distribution/broadcast-store.ts'
import { createLedger } from '../../src/distribution/ledger.ts'
import { openBatch } from '../../src/distribution/open-batch.ts'
import { createCipher } from '../../src/subscribing/secret.ts'
import { until } from '../support/until.ts'
import { distributing } from './setup.ts'

/** A batch of one subscriber, claimed and not begun. */
async function claimedBatch(t: TestContext) {
  const set = await distributing(t)
  const { db, world } = set
  const id = await set.topic()
  await set.subscribe(id, set.subscriber.callback())
  await set.publish(id, 'content')
  const claim = () => {
    const now = world.now()
    return { now, until: new Date(now.getTime() + 25_000), token: crypto.randomUUID(), limit: 10 }
  }
  const { batches } = await claimBroadcasts(db, { ...claim(), turnFrom: null, besides: [] })
  const [batch] = batches
  assert.ok(batch !== undefined)
  return {
    ...set,
    batch,
    row: () => db.selectFrom('batch').select(['token', 'done', 'claimed_until']).executeTakeFirstOrThrow(),
    /** Another process takes it over, its time being up. */
    async takenOver() {
      world.advance({ seconds: 26 })
      assert.equal((await claimLapsedBatches(db, { ...claim(), besides: [] })).length, 1)
    },
  }
}

test('rule 8: whoever lost a claim neither moves nor ends the batch, and cannot let go of it', async (t) => {
  const { db, world, batch, row, takenOver } = await claimedBatch(t)
  await takenOver()
  const before = await row()
  const progress = { ...batch, done: Buffer.of(1) }
  const until = new Date(world.now().getTime() + 60_000)
  for (const complete of [false, true]) {
    const ours = await transaction(db, (tx) => settleBatches(tx, [{ ...progress, complete }], { until }))
    assert.deepEqual([...ours], [], `complete: ${complete}`)
  }
  await releaseBatches(db, [batch], { now: world.now() })
  assert.deepEqual(await row(), before)
})

test('rule 8: the claim of a batch without news is moved on, and one that is another’s is known to be lost', async (t) => {
  const { db, world, bell, recorded, batch, row, takenOver } = await claimedBatch(t)
  const cipher = createCipher('a key for tests, and for nothing else')
  const ledger = createLedger({ db, config: readConfig({}), world, events: recorded.events, bell, cipher })
  t.after(() => ledger.close())
  const opened = openBatch(batch, { nowMs: world.monotonicMs(), claimedUntilMs: world.monotonicMs() + 25_000 })
  ledger.opened(opened)
  const { claimed_until: first } = await row()
  world.advance({ seconds: 2 })
  world.stall(2000)
  await until(async () => (await row()).claimed_until > first, 'the claim moved on')
  assert.equal(opened.lost, false)
  await takenOver()
  const { claimed_until: others } = await row()
  world.stall(2000)
  await until(() => opened.lost, 'that it is lost')
  assert.deepEqual((await row()).claimed_until, others)
})

test('rule 11: what came of deliveries while nothing could be written is written afterwards, all of it', async (t) => {
  const set = await distributing(t)
  const { db, subscriber, recorded, distribution, owing, world } = set
  const id = await set.topic()
  for (const path of ['/fine', '/failing']) await set.subscribe(id, subscriber.callback(path))
  const held = Promise.withResolvers<void>()
  subscriber.answers({ until: held.promise }, { path: '/fine' })
  subscriber.answers({ status: 500, until: held.promise }, { path: '/failing' })
  await set.publish(id, 'content')
  await takeTurn(distribution.duties, 'broadcast')
  await subscriber.until(() => subscriber.deliveries().length === 2, 'both')
  await rename(db, 'batch', 'away')
  held.resolve()
  await until(() => recorded.of('dutyFailed').some(({ duty }) => duty === 'ledger'), 'a write that failed')
  await rename(db, 'away', 'batch')
  await until(async () => (await owing()).batches === 0, 'the batch written')
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 1 })
  const failed = await db.selectFrom('backlog').select(['number', 'attempt', 'failures']).executeTakeFirstOrThrow()
  assert.deepEqual(failed, { number: 1, attempt: 1, failures: 1 })
  assert.equal(recorded.of('gaveUp').length, 0)
  world.advance({ minutes: 1 })
  await set.drain()
  assert.deepEqual(
    ['/fine', '/failing'].map((path) => subscriber.deliveries({ path }).length),
    [1, 2],
  )
})

async function takeTurn(duties: Awaited<ReturnType<typeof distributing>>['distribution']['duties'], name: string) {
  for (const duty of duties) if (duty.name === name) await duty.turn(new AbortController().signal)
}

async function rename(db: Db, from: string, to: string): Promise<void> {
  await sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(db)
}

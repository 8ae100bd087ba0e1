import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../src/db/database.ts'
import { type Allowance, allow, pruneRates, reserve } from '../../src/db/rate.ts'
import type { Db } from '../../src/db/schema.ts'
import type { Rate } from '../../src/units.ts'
import { testDatabase, untilWaitsForLock } from '../support/postgres.ts'

const began = new Date('2026-11-21T12:00:00Z')
const tenASecond: Rate = { count: 10, periodMs: 1000 }

function after(ms: number): Date {
  return new Date(began.getTime() + ms)
}

async function allowedOf(count: number, ask: () => Promise<Allowance>): Promise<number> {
  const allowances = await Promise.all(Array.from({ length: count }, ask))
  return allowances.filter(({ allowed }) => allowed).length
}

test('as many as the rate counts pass at once, then one each period / count', async (t) => {
  const { db } = await testDatabase(t)
  assert.equal(await allowedOf(12, () => allow(db, 'key', tenASecond, { now: began })), 10)
  assert.equal(await allowedOf(2, () => allow(db, 'key', tenASecond, { now: after(49) })), 0)
  assert.equal(await allowedOf(2, () => allow(db, 'key', tenASecond, { now: after(100) })), 1)
  assert.equal(await allowedOf(12, () => allow(db, 'key', tenASecond, { now: after(5000) })), 10)
})

// Two streams begun at once on a busy machine: the one that read its clock first came to the row last, and got a 429.
test('SUB-30: as many as the rate counts pass, in whatever order they come to count', async (t) => {
  const { db } = await testDatabase(t)
  const twoAnHour: Rate = { count: 2, periodMs: 3_600_000 }
  assert.deepEqual(await allow(db, 'key', twoAnHour, { now: after(900) }), { allowed: true })
  assert.deepEqual(await allow(db, 'key', twoAnHour, { now: began }), { allowed: true })
  assert.equal((await allow(db, 'key', twoAnHour, { now: after(900) })).allowed, false)
  for (const now of [after(40), after(20), began]) {
    assert.equal(await allowedOf(4, () => allow(db, 'another', tenASecond, { now })), now === began ? 2 : 4)
  }
})

test('SUB-30: who is refused is told after how many whole seconds the same cost passes', async (t) => {
  const { db } = await testDatabase(t)
  const slow: Rate = { count: 2, periodMs: 60_000 }
  await allow(db, 'key', slow, { now: began, cost: 2 })
  assert.deepEqual(await allow(db, 'key', slow, { now: began }), { allowed: false, retryAfterSeconds: 30 })
  assert.deepEqual(await allow(db, 'key', slow, { now: began, cost: 2 }), { allowed: false, retryAfterSeconds: 60 })
  assert.deepEqual(await allow(db, 'key', slow, { now: after(28_999) }), { allowed: false, retryAfterSeconds: 2 })
  assert.deepEqual(await allow(db, 'key', slow, { now: after(30_000) }), { allowed: true })
})

// Of four at once beside a limit of 2/60s the last was told 1 now and then: it saw the row as it was before the others counted.
test('SUB-30: who is refused after waiting for others to count is told as much', async (t) => {
  const { db } = await testDatabase(t)
  const slow: Rate = { count: 2, periodMs: 60_000 }
  await allow(db, 'key', slow, { now: began })
  const { refused } = await transaction(db, async (tx) => {
    await allow(tx, 'key', slow, { now: began })
    const refused = allow(db, 'key', slow, { now: began })
    await untilWaitsForLock(db)
    return { refused }
  })
  assert.deepEqual(await refused, { allowed: false, retryAfterSeconds: 30 })
})

test('a refusal costs nothing, and one key says nothing of another', async (t) => {
  const { db } = await testDatabase(t)
  await allowedOf(100, () => allow(db, 'key', tenASecond, { now: began }))
  assert.deepEqual(await allow(db, 'key', tenASecond, { now: after(100) }), { allowed: true })
  assert.deepEqual(await allow(db, 'another', tenASecond, { now: began }), { allowed: true })
})

test('a cost beyond the count passes when nothing else was counted, and is paid in full afterwards', async (t) => {
  const { db } = await testDatabase(t)
  assert.deepEqual(await allow(db, 'key', tenASecond, { now: began, cost: 30 }), { allowed: true })
  assert.deepEqual(await allow(db, 'key', tenASecond, { now: after(2000) }), { allowed: false, retryAfterSeconds: 1 })
  assert.deepEqual(await allow(db, 'key', tenASecond, { now: after(2100) }), { allowed: true })
  assert.equal((await allow(db, 'key', tenASecond, { now: after(2200), cost: 30 })).allowed, false)
  for (const ms of [60_000, 63_000]) {
    assert.deepEqual(await allow(db, 'key', tenASecond, { now: after(ms), cost: 30 }), { allowed: true })
  }
})

// What one takes was rounded to a millisecond, by chance up or down: 498 passed once where 400 should have.
test('a rate that is no whole number of milliseconds each is kept exactly', async (t) => {
  const { db } = await testDatabase(t)
  const rate: Rate = { count: 400, periodMs: 100 }
  const passed = []
  for (const ms of [0, 25, 26, 1000])
    passed.push(await allowedOf(450, () => allow(db, 'key', rate, { now: after(ms) })))
  assert.deepEqual(passed, [400, 100, 4, 400])
})

test('turns are reserved one after the other, by hubs that know nothing of each other', async (t) => {
  const { db } = await testDatabase(t)
  const turns = await Promise.all(Array.from({ length: 15 }, () => reserve(db, 'key', tenASecond, { now: began })))
  const waitsMs = turns.map((turn) => turn.getTime() - began.getTime()).sort((a, b) => a - b)
  assert.deepEqual(waitsMs, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 300, 400, 500])
})

test('keys that limit nobody any more are pruned, a bounded number at a time', async (t) => {
  const { db } = await testDatabase(t)
  for (const key of ['a', 'b', 'c']) await allow(db, key, tenASecond, { now: began })
  await allow(db, 'still counting', tenASecond, { now: after(1000) })
  assert.equal(await pruneRates(db, { now: after(1050), limit: 2 }), 2)
  assert.equal(await pruneRates(db, { now: after(1050), limit: 2 }), 1)
  assert.deepEqual(await keysOf(db), ['still counting'])
})

async function keysOf(db: Db): Promise<readonly string[]> {
  return (await db.selectFrom('rate').select('key').execute()).map(({ key }) => key)
}

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { type ClockOptions, type DatabaseClock, startDatabaseClock } from '../../src/db/clock.ts'
import type { Database } from '../../src/db/database.ts'
import { testDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'

test('the time is the database’s, to within the round trip', async (t) => {
  const database = await testDatabase(t)
  const clock = await start(t, database, { monotonicMs: () => performance.now() })
  const before = await databaseMs(database)
  const nowMs = clock.now().getTime()
  const after = await databaseMs(database)
  assert(nowMs >= before - 50 && nowMs <= after + 50, `${before} ${nowMs} ${after}`)
})

test('between measurements the time goes on with the monotonic clock, whatever the machine’s clock says', async (t) => {
  const machine = { monotonicMs: 5000, wallMs: 1_000_000 }
  const clock = await start(t, await testDatabase(t), clocksOf(machine))
  const first = clock.now().getTime()
  machine.monotonicMs += 250
  machine.wallMs -= 3_600_000
  assert.equal(clock.now().getTime(), first + 250)
})

test('a small step back is waited out, a large one is taken', async (t) => {
  const machine = { monotonicMs: 5000, wallMs: 1_000_000 }
  const clock = await start(t, await testDatabase(t), clocksOf(machine))
  const first = clock.now().getTime()
  machine.monotonicMs -= 900
  assert.equal(clock.now().getTime(), first)
  machine.monotonicMs -= 200
  assert.equal(clock.now().getTime(), first - 1100)
})

test('half the round trip is accounted for', async (t) => {
  const database = await testDatabase(t)
  // Each look at this clock is 400 ms after the last, so the statement seems to take 400 ms.
  let looks = 0
  const before = await databaseMs(database)
  const clock = await start(t, database, { monotonicMs: () => 400 * looks++, wallMs: () => 0 })
  const after = await databaseMs(database)
  const sinceMiddleMs = 200 + 400 // To the end of the round trip, and to the look that `now` takes.
  const measured = clock.now().getTime() - sinceMiddleMs
  assert(measured >= before - 1 && measured <= after + 1, `${before} ${measured} ${after}`)
})

test('after a sleep, or when the machine’s clock is set, the database is asked anew', async (t) => {
  const machine = { monotonicMs: 5000, wallMs: 1_000_000 }
  const database = await testDatabase(t)
  const clock = await start(t, database, clocksOf(machine))
  // As after a laptop's sleep: the monotonic clock stood still (or worse: went wrong), the machine's went on.
  machine.monotonicMs += 3_600_000
  const wrong = clock.now().getTime()
  assert(wrong - (await databaseMs(database)) > 3_000_000)
  await until(() => clock.now().getTime() < wrong, 'another measurement')
  assert(Math.abs(clock.now().getTime() - (await databaseMs(database))) < 1000)
})

test('a measurement that fails is told, and the time goes on', async (t) => {
  const database = await testDatabase(t)
  const told = Promise.withResolvers<unknown>()
  const machine = { monotonicMs: 5000, wallMs: 1_000_000 }
  const clock = await start(t, database, { ...clocksOf(machine), onError: told.resolve })
  const first = clock.now().getTime()
  await database.close()
  machine.monotonicMs += 30_000
  assert(await told.promise)
  assert.equal(clock.now().getTime(), first + 30_000)
})

function clocksOf(machine: { readonly monotonicMs: number; readonly wallMs: number }): ClockOptions {
  return { monotonicMs: () => machine.monotonicMs, wallMs: () => machine.wallMs }
}

async function start(t: TestContext, database: Database, options: ClockOptions): Promise<DatabaseClock> {
  const clock = await startDatabaseClock(database, options)
  t.after(() => clock.close())
  return clock
}

async function databaseMs({ db }: Database): Promise<number> {
  const { rows } = await sql<{
    readonly ms: number
  }>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(db)
  return rows[0]?.ms ?? Number.NaN
}

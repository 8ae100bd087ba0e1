import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { sql } from 'kysely'
import { CannotStart } from '../../src/db/cannot-start.ts'
import { openDatabase, transaction, withoutPassword } from '../../src/db/database.ts'
import { databaseUrl, testDatabase } from '../support/postgres.ts'

test('int8 and int8[] are numbers, and what is no safe integer is an error, never a wrong number', async (t) => {
  const { db } = await testDatabase(t)
  const { rows } = await sql`
    select 1::int8 as one, ${Number.MAX_SAFE_INTEGER}::int8 as most, array[1, -2]::int8[] as some, '{}'::int8[] as none,
           null::int8 as nothing
  `.execute(db)
  assert.deepEqual(rows, [{ one: 1, most: 9007199254740991, some: [1, -2], none: [], nothing: null }])
  await assert.rejects(sql`select 9007199254740992::int8 as more`.execute(db), RangeError)
  await assert.rejects(sql`select array[9007199254740993]::int8[] as more`.execute(db), RangeError)
})

test('an instant goes in and comes out to the millisecond', async (t) => {
  const { db } = await testDatabase(t)
  const at = new Date('2026-02-03T04:05:06.789Z')
  const { rows } = await sql`select ${at}::timestamptz(3) as at`.execute(db)
  assert.deepEqual(rows, [{ at }])
})

test('a transaction that throws leaves nothing, and rejects with what was thrown', async (t) => {
  const { db } = await testDatabase(t)
  const ours = new Error('ours')
  const half = transaction(db, async (tx) => {
    await sql`create table half (number int)`.execute(tx)
    throw ours
  })
  await assert.rejects(half, (error) => error === ours)
  const { rows } = await sql`select to_regclass('half') as half`.execute(db)
  assert.deepEqual(rows, [{ half: null }])
})

test('a connection that Postgres ends while nobody uses it is told, and the next use opens another', async (t) => {
  const { url } = await testDatabase(t)
  const lost = Promise.withResolvers<unknown>()
  const database = await openDatabase(url, { connectionsMax: 1, onLost: lost.resolve })
  t.after(() => database.close())
  const killer = await openDatabase(url, { connectionsMax: 1 })
  t.after(() => killer.close())
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`.execute(killer.db)
  assert(await lost.promise)
  assert.deepEqual((await sql`select 1 as one`.execute(database.db)).rows, [{ one: 1 }])
})

test('a connection that Postgres ends between two statements of a transaction fails the transaction alone', async (t) => {
  const { db, url } = await testDatabase(t)
  const killer = await openDatabase(url, { connectionsMax: 1 })
  t.after(() => killer.close())
  const broken = transaction(db, async (tx) => {
    const { rows } = await sql<{ readonly pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await sql`select pg_terminate_backend(${rows[0]?.pid}::int, 5000)`.execute(killer.db)
    await new Promise((resolve) => setTimeout(resolve, 20)) // The socket's end arrives while nobody asks anything.
    await sql`select 1`.execute(tx)
  })
  await assert.rejects(broken)
  assert.deepEqual((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
})

test('a database that cannot be used is told in a sentence that names it and hides the password', async (t) => {
  const closed = await closedPort()
  const cases: readonly (readonly [url: string, told: RegExp])[] = [
    [`postgres://hub:s3cr3t@127.0.0.1:${closed}/fanfare`, /hub:\*\*\*@127\.0\.0\.1.*ECONNREFUSED/],
    [databaseUrl('no_such_database'), /database "no_such_database" does not exist/],
    ['postgres://hub:s3cr3t@nowhere.invalid/fanfare', /nowhere\.invalid/],
  ]
  for (const [url, told] of cases) {
    await t.test(withoutPassword(url).replace(/\?.*/, ''), async () => {
      await assert.rejects(openDatabase(url, { connectionsMax: 1 }), (error) => {
        assert(error instanceof CannotStart)
        assert.match(error.message, told)
        assert.doesNotMatch(error.message, /s3cr3t/)
        return true
      })
    })
  }
})

test('closing twice is harmless', async (t) => {
  const { url } = await testDatabase(t)
  const database = await openDatabase(url, { connectionsMax: 1 })
  await Promise.all([database.close(), database.close()])
  await database.close()
})

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

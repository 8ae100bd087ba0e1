import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { isDatabaseAway } from '../../src/db/away.ts'
import { asAdministrator, testDatabase } from '../support/postgres.ts'

test('a connection that was cut and a pool that was closed are the database being away', async (t) => {
  const { db, pool, url } = await testDatabase(t)
  pool.on('error', () => {})
  const name = new URL(url).pathname.slice(1)
  const cut = assert.rejects(sql`select pg_sleep(60)`.execute(db), isDatabaseAway)
  await asAdministrator(async (admin) => {
    const others = sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = ${name} and query like 'select pg_sleep%'`
    while ((await others.execute(admin.db)).rows.length === 0);
    for (const { pid } of (await others.execute(admin.db)).rows) {
      await sql`select pg_terminate_backend(${pid})`.execute(admin.db)
    }
  })
  await cut
  const closed = new pg.Pool({ connectionString: url })
  await closed.end()
  await assert.rejects(closed.query('select'), isDatabaseAway)
})

test('nobody listening is the database being away', async () => {
  const pool = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
  await assert.rejects(pool.query('select'), isDatabaseAway)
  await pool.end()
})

test('what Postgres refuses for its content is our mistake', async (t) => {
  const { db } = await testDatabase(t)
  await assert.rejects(sql`select ${'\0'}::text`.execute(db), (error) => !isDatabaseAway(error))
  await assert.rejects(sql`insert into hub (oldest_code) values (1)`.execute(db), (error) => !isDatabaseAway(error))
  assert.equal(isDatabaseAway(new TypeError('x is not a function')), false)
})

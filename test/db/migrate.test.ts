import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { CannotStart } from '../../src/db/cannot-start.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { codeGeneration } from '../../src/db/schema.ts'
import { asAdministrator, databaseUrl, testDatabase } from '../support/postgres.ts'

const all = readdirSync(new URL('../../migrations/', import.meta.url)).map((name) => name.replace(/\.ts$/, ''))

test('migrations run in order, and once', async (t) => {
  const { db } = await emptyDatabase(t)
  assert.deepEqual(await migrate(db), all.toSorted())
  assert.deepEqual(await migrate(db), [])
})

test('two hubs that start at the same moment on an empty database both come up', async (t) => {
  const first = await emptyDatabase(t)
  const second = await openDatabase(first.url, { connectionsMax: 1 })
  t.after(() => second.close())
  const ran = await Promise.all([migrate(first.db), migrate(second.db)])
  assert.deepEqual(ran.flat().toSorted(), all.toSorted())
})

test('a database that newer code has migrated, and that still serves this code, is used as it is', async (t) => {
  const { db } = await testDatabase(t)
  await sql`insert into kysely_migration (name, timestamp) values ('2099-01-01T0000-later', '2099')`.execute(db)
  assert.deepEqual(await migrate(db), [])
})

test('a database that no longer serves this code is refused with a sentence', async (t) => {
  const { db } = await testDatabase(t)
  await db
    .updateTable('hub')
    .set({ oldest_code: codeGeneration + 1 })
    .execute()
  await assert.rejects(migrate(db), (error) => {
    assert(error instanceof CannotStart)
    assert.match(error.message, new RegExp(`generation ${codeGeneration + 1} and later.*install a newer version`))
    return true
  })
})

test('a migration that fails leaves nothing, and is told with its cause', async (t) => {
  const { db } = await emptyDatabase(t)
  await sql`create table subscription (in_the_way int)`.execute(db)
  await assert.rejects(migrate(db), (error) => error instanceof Error && /already exists/.test(String(error.cause)))
  const { rows } = await sql`select to_regclass('topic') as topic`.execute(db)
  assert.deepEqual(rows, [{ topic: null }])
})

async function emptyDatabase(t: TestContext): Promise<Database & { readonly url: string }> {
  const name = `test_empty_${crypto.randomUUID().replaceAll('-', '')}`
  await asAdministrator((admin) => sql`create database ${sql.ref(name)}`.execute(admin.db))
  const url = databaseUrl(name)
  const database = await openDatabase(url, { connectionsMax: 1 })
  t.after(async () => {
    await database.close()
    await asAdministrator((admin) => sql`drop database ${sql.ref(name)} with (force)`.execute(admin.db))
  })
  return { ...database, url }
}

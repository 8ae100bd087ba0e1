import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../../src/config.ts'
import { CannotStart } from '../../src/db/cannot-start.ts'
import type { Database } from '../../src/db/database.ts'
import { withAdminDatabase } from '../../src/start/admin-database.ts'
import { startPostgres } from '../../src/start/postgres.ts'
import { asAdministrator, databaseUrl, testDatabase } from '../support/postgres.ts'

test('beside a running hub a command uses its Postgres, and leaves it as it was', async (t) => {
  const config = readConfig({ DATA_DIR: directory() })
  const hub = await startPostgres(config)
  t.after(hub.stop)
  const begun = await withAdminDatabase(config, startedAt)
  assert.equal(await withAdminDatabase(config, startedAt), begun)
  await hub.stop()
})

test('without a hub the embedded Postgres is started, and stopped when the command is done or has failed', async () => {
  const config = readConfig({ DATA_DIR: directory() })
  await (await startPostgres(config)).stop()
  const running = () => existsSync(join(config.DATA_DIR, 'postgres', 'postmaster.pid'))
  assert.deepEqual(await withAdminDatabase(config, async () => running()), true)
  assert.equal(running(), false)
  await assert.rejects(
    withAdminDatabase(config, async () => {
      throw new Error('The command failed.')
    }),
    /The command failed/,
  )
  assert.equal(running(), false)
})

test('where there is no data a command says so, and makes none', async () => {
  const config = readConfig({ DATA_DIR: directory() })
  await assert.rejects(
    withAdminDatabase(config, async () => {}),
    (error) => error instanceof CannotStart && /There is no hub's data in/.test(error.message),
  )
  assert.deepEqual(readdirSync(config.DATA_DIR), [])
})

test('a hub that is just starting is waited for', async (t) => {
  const config = readConfig({ DATA_DIR: directory() })
  await (await startPostgres(config)).stop()
  const starting = startPostgres(config)
  t.after(async () => (await starting).stop())
  await withAdminDatabase(config, startedAt)
})

test('DATABASE_URL is used as it stands; a schema that was not migrated is told, not changed', async (t) => {
  const { url } = await testDatabase(t)
  const SECRET_KEY = 'the key of all the hubs'
  assert.ok(await withAdminDatabase(readConfig({ DATABASE_URL: url, SECRET_KEY }), startedAt))
  const empty = new URL(url).pathname.slice(1).replace('test_', 'empty_')
  await asAdministrator((admin) => sql`create database ${sql.ref(empty)}`.execute(admin.db))
  t.after(() => asAdministrator((admin) => sql`drop database ${sql.ref(empty)} with (force)`.execute(admin.db)))
  const config = readConfig({ DATABASE_URL: databaseUrl(empty), SECRET_KEY })
  await assert.rejects(withAdminDatabase(config, startedAt), (error) => {
    assert.ok(error instanceof CannotStart)
    assert.match(error.message, /older than this code .*: run fanfare migrate first/)
    return true
  })
})

async function startedAt({ db }: Database): Promise<string> {
  const { rows } = await sql<{ at: string }>`select pg_postmaster_start_time()::text as at`.execute(db)
  return rows[0]?.at ?? ''
}

const directories: string[] = []
after(() => directories.map((path) => rmSync(path, { recursive: true, force: true })))

/** A directory that whoever runs PostgreSQL can enter. */
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fanfare-admin-'))
  chmodSync(path, 0o755)
  directories.push(path)
  return path
}

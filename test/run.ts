import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../src/db/database.ts'
import { startEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { databaseUrl, templateName } from './support/postgres.ts'

/**
 * Runs the test files named, or all of them, against one Postgres for the run: the embedded one, in a directory of its own
 * without fsync, or what TEST_DATABASE_URL names.
 */
const files = process.argv.slice(2)
const server = await testServer()
process.env.TEST_DATABASE_URL = server.url
try {
  await makeTemplate()
  process.exitCode = await runTests(
    files.length > 0 ? files : globSync('test/**/*.test.ts', { exclude: ['test/bench/**', 'test/fault/**'] }),
  )
} finally {
  await server.stop()
}

async function testServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined) return { url: given, stop: async () => {} }
  const directory = mkdtempSync(join(tmpdir(), 'fanfare-test-'))
  const postgres = await startEmbeddedPostgres(directory, {
    connectionsMax: 200,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  })
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function makeTemplate(): Promise<void> {
  const admin = await openDatabase(process.env.TEST_DATABASE_URL ?? '', { connectionsMax: 1 })
  const { rows } = await sql<{
    name: string
  }>`select datname as name from pg_database where datname like 'test\\_%'`.execute(admin.db)
  for (const { name } of [...rows, { name: templateName }]) {
    await sql`drop database if exists ${sql.ref(name)} with (force)`.execute(admin.db)
  }
  await sql`create database ${sql.ref(templateName)}`.execute(admin.db)
  await admin.close()
  const template = await openDatabase(databaseUrl(templateName), { connectionsMax: 1 })
  await migrate(template.db)
  await template.close()
}

async function runTests(paths: readonly string[]): Promise<number> {
  const options = ['--test', '--test-concurrency=2', '--test-timeout=120000']
  const runner = spawn(process.execPath, [...options, ...paths], { stdio: 'inherit' })
  const [code] = await once(runner, 'exit')
  return typeof code === 'number' ? code : 1
}

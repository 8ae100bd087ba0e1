import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { browserPath } from './support/browser.ts'
import { databaseUrl, templateName } from './support/postgres.ts'
import { startTestServer } from './support/test-server.ts'

/**
 * Runs the test files named, or all of them, against one Postgres for the run. Whatever ends the run, that Postgres is
 * stopped. What needs a browser is run where there is one.
 */
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
const files = process.argv.slice(2)
const server = await startTestServer()
process.env.TEST_DATABASE_URL = server.url
try {
  await makeTemplate()
  process.exitCode = await runTests(files.length > 0 ? files : allFiles())
  if (files.length === 0 && browserPath() === null)
    console.log('ℹ test/browser was not run: no browser was found (BROWSER)')
} finally {
  await server.stop()
}

function allFiles(): readonly string[] {
  const besides = browserPath() === null ? ['test/browser/**'] : []
  return globSync('test/**/*.test.ts', { exclude: ['test/bench/**', 'test/fault/**', ...besides] })
}

/** Also drops what crashed runs left on a server that outlives them (TEST_DATABASE_URL). */
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
  if (stopping.signal.aborted) return 1
  const options = ['--test', '--test-concurrency=3', '--test-timeout=120000']
  // Every file is a process, and many start hubs: half of what a process takes to begin is compiling the same sources.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/compiled') }
  const runner = spawn(process.execPath, [...options, ...paths], { env, stdio: 'inherit' })
  stopping.signal.addEventListener('abort', () => runner.kill('SIGTERM'))
  const [code] = await once(runner, 'exit')
  return typeof code === 'number' ? code : 1
}

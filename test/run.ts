import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  globSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../src/db/database.ts'
import { startEmbeddedPostgres } from '../src/db/embedded.ts'
import { stopLeftover } from '../src/db/embedded-server.ts'
import { lockDirectory } from '../src/db/lock.ts'
import { migrate } from '../src/db/migrate.ts'
import { browserPath } from './support/browser.ts'
import { databaseUrl, templateName } from './support/postgres.ts'

const directoryMark = 'fanfare-test-'
const memory = '/dev/shm'
const memoryBytesMin = 1024 ** 3
/** A run makes its directory before it locks it. */
const youngMs = 60_000

/**
 * Runs the test files named, or all of them, against one Postgres for the run: the embedded one, in a directory of its own
 * without fsync, or what TEST_DATABASE_URL names. Whatever ends the run, that Postgres is stopped. What needs a browser is run
 * where there is one.
 */
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
const files = process.argv.slice(2)
const server = await testServer()
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

async function testServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined) return { url: given, stop: async () => {} }
  await sweepDirectories()
  const directory = mkdtempSync(join(tmpdir(), directoryMark))
  chmodSync(directory, 0o755) // For root: the server's user must get in.
  if (hasRoom(memory)) putDataInto(memory, directory)
  const postgres = await startEmbeddedPostgres(directory, {
    connectionsMax: 200,
    rootHome: directory,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  })
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop()
      removeDirectory(directory)
    },
  }
}

/**
 * Each test has a database of its own, which is three hundred files: made on a disk, synced or not, they took a third of the
 * whole run. Only the data lies in memory, by a link that the embedded server follows: programs may not be run there everywhere.
 */
function putDataInto(parent: string, directory: string): void {
  const place = mkdtempSync(join(parent, directoryMark))
  chmodSync(place, 0o755)
  symlinkSync(join(place, 'postgres'), join(directory, 'postgres'))
}

function hasRoom(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK)
    const { bavail, bsize } = statfsSync(parent)
    return bavail * bsize >= memoryBytesMin
  } catch {
    return false
  }
}

function removeDirectory(directory: string): void {
  const place = linkedFrom(join(directory, 'postgres'))
  if (place !== null) rmSync(dirname(place), { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
}

function linkedFrom(link: string): string | null {
  try {
    return readlinkSync(link)
  } catch {
    return null
  }
}

/** Of runs that were killed: each may have left its Postgres running. */
async function sweepDirectories(): Promise<void> {
  for (const directory of globSync(join(tmpdir(), `${directoryMark}*`))) {
    if (Date.now() - statSync(directory).mtimeMs < youngMs) continue
    try {
      const lock = lockDirectory(directory)
      const data = join(directory, 'postgres')
      if (existsSync(data)) await stopLeftover({ dataDirectory: realpathSync(data) })
      lock.release()
      removeDirectory(directory)
    } catch {
      // A run that goes on, or another user's.
    }
  }
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

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { CannotStart } from '../../src/db/cannot-start.ts'
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { copyBinaries, findInstalledBinaries } from '../../src/db/embedded-binaries.ts'

test('what was written is there after a stop and a start, with fsync on; stopping twice is harmless', async (t) => {
  const dataDir = directory()
  const first = await start(t, dataDir)
  await ask(first.url, 'create table note as select 1 as number')
  await Promise.all([first.stop(), first.stop()])
  await first.stop()
  await assert.rejects(ask(first.url, 'select'))

  const second = await start(t, dataDir)
  assert.deepEqual(await ask(second.url, 'table note'), [{ number: 1 }])
  const settings = await ask(
    second.url,
    `select name, setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_encoding') order by name`,
  )
  assert.deepEqual(
    settings.map(({ setting }) => setting),
    ['on', 'on', 'on', 'UTF8', 'on'],
  )
})

test('only the socket leads to it, and only its owner and root come through', async (t) => {
  const postgres = await start(t, directory())
  const [shown] = await ask(
    postgres.url,
    `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_permissions') as mode`,
  )
  assert.deepEqual(shown, { addresses: '', mode: '0700' })
  const rules = await ask(postgres.url, 'select type, auth_method from pg_hba_file_rules')
  assert.deepEqual(rules, [{ type: 'local', auth_method: 'peer' }])
})

test('after kill -9 of the hub the next start stops what was left running and begins anew', async (t) => {
  const dataDir = directory()
  const owner = await spawnOwner(t, dataDir)
  await ask(owner.url, 'create table note as select 1 as number')
  const left = postmasterOf(dataDir)
  owner.kill()
  await owner.gone
  assert.equal(isAlive(left), true)

  const next = await start(t, dataDir)
  assert.equal(isAlive(left), false)
  assert.deepEqual(await ask(next.url, 'table note'), [{ number: 1 }])
})

test('a second hub on the same directory is refused with a sentence, and harms nothing', async (t) => {
  const dataDir = directory()
  const owner = await spawnOwner(t, dataDir)
  await assert.rejects(startEmbeddedPostgres(dataDir), (error) => {
    assert(error instanceof CannotStart)
    assert.match(error.message, new RegExp(`Another hub runs on .* \\(process ${owner.pid}\\)`))
    return true
  })
  assert.deepEqual(await ask(owner.url, 'select 1 as number'), [{ number: 1 }])
})

test('two that start at the same moment on nothing: one comes up, the other is told', async (t) => {
  const dataDir = directory()
  const results = await Promise.allSettled([start(t, dataDir), start(t, dataDir)])
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('a PostgreSQL that dies under the hub is started again, and the hub is told why', async (t) => {
  const dataDir = directory()
  const told = Promise.withResolvers<string>()
  const postgres = await start(t, dataDir, { onRestart: ({ why }) => told.resolve(why) })
  await ask(postgres.url, 'create table note as select 1 as number')
  process.kill(postmasterOf(dataDir), 'SIGKILL')
  assert.equal(await told.promise, 'signal SIGKILL')
  assert.deepEqual(await eventually(() => ask(postgres.url, 'table note')), [{ number: 1 }])
})

test('a stop during the wait before a restart ends the wait', async (t) => {
  const dataDir = directory()
  const told = Promise.withResolvers<string>()
  const postgres = await start(t, dataDir, { onRestart: ({ why }) => told.resolve(why) })
  process.kill(postmasterOf(dataDir), 'SIGKILL')
  await told.promise
  await postgres.stop()
  await assert.rejects(ask(postgres.url, 'select'))
})

test('a process id that was given to another process since does not stop a start', async (t) => {
  const dataDir = directory()
  const first = await start(t, dataDir)
  const pidFile = join(first.dataDirectory, 'postmaster.pid')
  const socketLock = join(first.dataDirectory, '.s.PGSQL.5432.lock')
  const [told, lock] = [readFileSync(pidFile, 'utf8'), readFileSync(socketLock, 'utf8')]
  await first.stop()
  // As if the server had been killed, and its id now were that of another process of the same user.
  const other = directory()
  await start(t, other)
  writeFileSync(pidFile, told.replace(/^\d+/, String(postmasterOf(other))))
  writeFileSync(socketLock, lock.replace(/^\d+/, String(postmasterOf(other))))

  const second = await start(t, dataDir)
  assert.deepEqual(await ask(second.url, 'select 1 as number'), [{ number: 1 }])
})

test('data that was half made when the hub was killed is made anew', async (t) => {
  const dataDir = directory()
  const halfMade = join(dataDir, 'postgres.unfinished-abcdef')
  mkdirSync(halfMade)
  writeFileSync(join(halfMade, 'PG_VERSION'), '18\n')
  const postgres = await start(t, dataDir)
  assert.deepEqual(await ask(postgres.url, 'select 1 as number'), [{ number: 1 }])
  assert.equal(existsSync(halfMade), false)
})

test("another PostgreSQL's data is refused with a sentence and left as it is", async () => {
  const dataDir = directory()
  const data = join(dataDir, 'postgres')
  mkdirSync(data)
  writeFileSync(join(data, 'PG_VERSION'), '17\n')
  await assert.rejects(startEmbeddedPostgres(dataDir), (error) => {
    assert(error instanceof CannotStart)
    assert.match(error.message, /was made by PostgreSQL 17, and this Fanfare carries 18/)
    return true
  })
  assert.deepEqual(readdirSync(data), ['PG_VERSION'])
})

test('somebody’s other files are refused with a sentence and left as they are', async () => {
  const dataDir = directory()
  mkdirSync(join(dataDir, 'postgres'))
  writeFileSync(join(dataDir, 'postgres', 'diary.txt'), 'dear diary')
  await assert.rejects(startEmbeddedPostgres(dataDir), /is not empty and holds no data of PostgreSQL/)
  assert.equal(readFileSync(join(dataDir, 'postgres', 'diary.txt'), 'utf8'), 'dear diary')
})

test('a path too long for a socket gets its socket elsewhere, gone with the stop', async (t) => {
  const dataDir = join(directory(), 'a'.repeat(60), 'b'.repeat(60))
  const postgres = await start(t, dataDir)
  assert.deepEqual(await ask(postgres.url, 'select 1 as number'), [{ number: 1 }])
  const socketDirectory = new URL(postgres.url).searchParams.get('host') ?? ''
  assert.match(socketDirectory, /^\/tmp\/fanfare-/)
  await postgres.stop()
  assert.equal(existsSync(socketDirectory), false)
})

test('as root: what the server’s user could not enter is put where it can, and found again', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('not root')
  const [home, rootHome] = [directory(), directory()]
  chmodSync(home, 0o700)
  const dataDir = join(home, 'clone', 'data')
  const first = await start(t, dataDir, { rootHome })
  assert(first.dataDirectory.startsWith(`${rootHome}/clone-`), first.dataDirectory)
  assert.equal(readlinkSync(join(dataDir, 'postgres')), first.dataDirectory)
  assert.notEqual(first.runsAs, null)
  await ask(first.url, 'create table note as select 1 as number')
  await first.stop()

  const second = await start(t, dataDir, { rootHome })
  assert.equal(second.dataDirectory, first.dataDirectory)
  assert.deepEqual(await ask(second.url, 'table note'), [{ number: 1 }])
})

test('a link to data that is gone is told, not followed by an empty database', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('not root')
  const [home, rootHome] = [directory(), directory()]
  chmodSync(home, 0o700)
  const dataDir = join(home, 'data')
  const first = await start(t, dataDir, { rootHome })
  await first.stop()
  rmSync(dirname(first.dataDirectory), { recursive: true })
  await assert.rejects(startEmbeddedPostgres(dataDir, { rootHome }), /points there\), but that cannot be found/)
})

test('binaries whose links npm did not make are copied with them, and run', async () => {
  const [packageDirectory, home] = [directory(), directory()]
  const installed = findInstalledBinaries()
  cpSync(installed.packageDirectory, packageDirectory, { recursive: true, verbatimSymlinks: true })
  for (const { link } of links(packageDirectory)) rmSync(join(packageDirectory, link), { force: true })

  const copy = copyBinaries({ packageDirectory, version: installed.version }, home)
  assert.equal(copyBinaries({ packageDirectory, version: installed.version }, home).directory, copy.directory)
  for (const program of [copy.initdb, copy.postgres]) {
    const child = spawn(program, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [[line]] = await Promise.all([once(child.stdout.setEncoding('utf8'), 'data'), once(child, 'exit')])
    assert.match(line, /\(PostgreSQL\) 18\./)
  }
  assert.deepEqual(globSync(`${home}/*`), [copy.directory])
})

function links(packageDirectory: string): readonly { readonly link: string }[] {
  const list = readFileSync(join(packageDirectory, 'native', 'pg-symlinks.json'), 'utf8')
  return JSON.parse(list).map(({ target }: { readonly target: string }) => ({ link: target }))
}

const directories: string[] = []
after(() => directories.map((path) => rmSync(path, { recursive: true, force: true })))

/** A directory that whoever runs PostgreSQL can enter, removed when every test has stopped what runs in it. */
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fanfare-embedded-'))
  chmodSync(path, 0o755)
  directories.push(path)
  return path
}

async function start(t: TestContext, dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(dataDir, options)
  t.after(() => postgres.stop())
  return postgres
}

async function spawnOwner(t: TestContext, dataDir: string) {
  const script = fileURLToPath(new URL('embedded-owner.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  t.after(async () => {
    child.stdin.end()
    await gone
  })
  const [url] = await once(createInterface(child.stdout), 'line')
  return { url: String(url), pid: child.pid, gone, kill: () => child.kill('SIGKILL') }
}

async function ask(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(statement)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Tries until it does not throw: the fact waited for is that Postgres answers. */
async function eventually<Result>(act: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await act()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function postmasterOf(dataDir: string): number {
  return Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z'
  } catch {
    return false
  }
}

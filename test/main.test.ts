import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('serve greets with the hub URL, the data and commands to paste; SIGTERM ends it with 0, Postgres too', async (t) => {
  const hub = await serve(t)
  const greeting = await hub.greeting
  assert.match(greeting, new RegExp(`^Fanfare is ready: ${hub.url}$`, 'm'))
  assert.match(greeting, /^Listens on: http:\/\/127\.0\.0\.1:\d+$/m)
  assert.match(greeting, new RegExp(`^Data: ${hub.dataDir}/postgres$`, 'm'))
  assert.match(greeting, /-d hub\.mode=subscribe/)
  assert.match(greeting, /-d hub\.mode=publish/)
  assert.match(greeting, /^Admin token, shown this once: [\w-]{43}$/m)
  assert.equal((await fetch(hub.url)).status, 200)
  assert.equal((await fetch(new URL('/health/ready', hub.url))).status, 200)

  hub.process.kill('SIGTERM')
  assert.deepEqual(await hub.exit, [0, null])
  assert.deepEqual(hub.events(), ['hub.started', 'hub.stopping', 'hub.stopped'])
  assert.equal(existsSync(join(hub.dataDir, 'postgres', 'postmaster.pid')), false)
})

test('Ctrl-C under npm, which comes twice at once, is one wish to stop', async (t) => {
  const hub = await serve(t)
  await hub.greeting
  hub.process.kill('SIGINT')
  hub.process.kill('SIGINT')
  assert.deepEqual(await hub.exit, [0, null])
})

test('who asks a second time does not wait for what is open', async (t) => {
  const hub = await serve(t)
  await hub.greeting
  const open = createConnection({ host: '127.0.0.1', port: Number(new URL(hub.url).port) })
  t.after(() => open.destroy())
  open.on('error', () => {})
  await once(open, 'connect')
  open.write(halfRequestTo(new URL(hub.url).host))
  const [answer] = await once(open.setEncoding('utf8'), 'data')
  assert.match(answer, / 100 Continue/) // The hub waits for the rest.
  hub.process.kill('SIGTERM')
  // Within a second it would be the same wish.
  const asking = setInterval(() => hub.process.kill('SIGTERM'), 1100)
  t.after(() => clearInterval(asking))
  assert.deepEqual(await hub.exit, [1, null])
})

test('config shows every setting with secrets masked, and exits 0', async () => {
  const { code, stdout } = await run(['config'], {
    PORT: '7',
    SECRET_KEY: 'a key that nobody shall see',
    ADMIN_TOKEN: 'a token that nobody shall see',
    DATABASE_URL: 'postgres://hub:s3cr3t@db/fanfare',
  })
  assert.equal(code, 0)
  assert.match(stdout, /^PORT +7$/m)
  assert.match(stdout, /^LEASE_SECONDS_DEFAULT +864000$/m)
  assert.match(stdout, /^HUB_URL +http:\/\/localhost:7\/$/m)
  assert.doesNotMatch(stdout, /nobody shall see|s3cr3t/)
})

test('config says everything that is wrong at once, and exits 1', async () => {
  const { code, stdout, stderr } = await run(['config'], { PORT: 'many', WORKERS: '0', HUB_URL: 'hub' })
  assert.equal(code, 1)
  assert.equal(stdout, '')
  for (const name of ['PORT', 'WORKERS', 'HUB_URL']) assert.match(stderr, new RegExp(`^ *${name}: `, 'm'))
})

test('migrate says what ran, then that nothing did', async () => {
  const DATA_DIR = directory()
  const first = await run(['migrate'], { DATA_DIR })
  assert.equal(first.code, 0)
  assert.match(first.stdout, /^Ran 2026-11-21T0130-hub\.$/m)
  const second = await run(['migrate'], { DATA_DIR })
  assert.deepEqual(second, { code: 0, stdout: 'The schema is up to date; nothing ran.\n', stderr: '' })
})

test('help, and what is not a command', async () => {
  assert.match((await run(['--help'])).stdout, /fanfare serve/)
  const unknown = await run(['dance'])
  assert.deepEqual([unknown.code, unknown.stdout], [2, ''])
  assert.match(unknown.stderr, /^There is no command 'dance'/)
  assert.equal((await run(['constructor'])).code, 2)
  assert.equal((await run(['serve', 'please'])).code, 2)
  assert.match((await run(['migrate', '--help'])).stdout, /^fanfare migrate\n\n/)
})

test('a database that is not there is one sentence and exit 1, without a stack', async () => {
  const { code, stderr } = await run(['serve'], {
    DATABASE_URL: 'postgres://hub:s3cr3t@nowhere.invalid/fanfare',
    SECRET_KEY: 'the key of all the hubs',
  })
  assert.equal(code, 1)
  assert.match(stderr, /^The database postgres:\/\/hub:\*\*\*@nowhere\.invalid\/fanfare cannot be used: .*\n$/)
})

// The kernel makes no directories in /proc and says that their place is not there, which Node's own `recursive` believes for ever.
test('a DATA_DIR that cannot be made is one sentence and exit 1', async () => {
  for (const [DATA_DIR, why] of [
    ['/proc/fanfare/data', /ENOENT/],
    ['/dev/null/data', /ENOTDIR|EEXIST/],
  ] as const) {
    const { code, stderr } = await run(['migrate'], { DATA_DIR })
    assert.equal(code, 1, DATA_DIR)
    assert.match(stderr, /^DATA_DIR \/[^ ]+\/data cannot be made: [^\n]*\n$/)
    assert.match(stderr, why)
  }
  const nested = join(directory(), 'a', 'b')
  assert.equal((await run(['migrate'], { DATA_DIR: nested })).code, 0)
})

const halfRequestTo = (host: string) =>
  [
    'POST / HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 99',
    'Expect: 100-continue',
    '\r\n',
  ].join('\r\n')

type Environment = Readonly<Record<string, string>>

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

function launch(words: readonly string[], environment: Environment): ChildProcess {
  return spawn(process.execPath, [main, ...words], { env: { PATH: process.env.PATH, ...environment } })
}

async function run(words: readonly string[], environment: Environment = {}) {
  const child = launch(words, environment)
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
  if (child.stdout === null || child.stderr === null) throw new Error('The streams are piped.')
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  clearTimeout(late)
  return { code, stdout, stderr }
}

async function serve(t: TestContext) {
  const [dataDir, port] = [directory(), await freePort()]
  const child = launch(['serve'], { DATA_DIR: dataDir, PORT: String(port) })
  const exit = once(child, 'exit')
  t.after(() => child.exitCode ?? child.kill('SIGTERM'))
  const told = listen(child)
  return {
    process: child,
    dataDir,
    url: `http://localhost:${port}/`,
    exit,
    greeting: told.includes('Ctrl-C'),
    events: () => [...told.text().matchAll(/"event":"([^"]+)"/g)].map(([, name]) => name),
  }
}

function listen({ stdout, stderr }: ChildProcess) {
  let told = ''
  stderr?.pipe(process.stderr)
  return {
    text: () => told,
    includes: (part: string) =>
      new Promise<string>((resolve) => {
        stdout?.setEncoding('utf8').on('data', (chunk: string) => {
          told += chunk
          if (told.includes(part)) resolve(told)
        })
      }),
  }
}

const directories: string[] = []
after(() => directories.map((path) => rmSync(path, { recursive: true, force: true })))

/** A directory that whoever runs PostgreSQL can enter. */
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fanfare-main-'))
  chmodSync(path, 0o755)
  directories.push(path)
  return path
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

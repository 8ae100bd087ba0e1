import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { CannotStart } from '../../src/db/cannot-start.ts'
import { withAdminDatabase } from '../../src/start/admin-database.ts'
import { type Serving, serve } from '../../src/start/serve.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/telemetry.ts'
import { recordEvents } from '../support/events.ts'
import { testDatabase } from '../support/postgres.ts'
import { startPublisher } from '../support/publisher.ts'
import { startSubscriber } from '../support/subscriber.ts'
import { until } from '../support/until.ts'

test('from nothing to a delivery, on the embedded Postgres; a second start finds it all again', async (t) => {
  const environment = { PORT: String(await freePort()), DATA_DIR: directory() }
  const hubUrl = `http://localhost:${environment.PORT}/`
  const publisher = await startPublisher(t, { hubUrl })
  const subscriber = await startSubscriber(t)
  publisher.publishes('/topic', 'first')

  const first = await start(t, environment)
  await post(hubUrl, {
    'hub.mode': 'subscribe',
    'hub.topic': publisher.topic('/topic'),
    'hub.callback': subscriber.callback(),
    'hub.secret': 'of the subscriber',
  })
  await until(() => subscriber.verifications().length === 1, 'the question')
  await first.stop()

  const second = await start(t, environment)
  await post(hubUrl, { 'hub.mode': 'publish', 'hub.url': publisher.topic('/topic') })
  await until(() => subscriber.received.length === 1, 'the first delivery')
  assert.deepEqual(subscriber.received, ['first'])
  await second.stop()
  await assert.rejects(fetch(hubUrl))
})

// Its claims would have lapsed after half a minute (deliveries) or three quarters (fetches).
test('what a hub had claimed when it died is begun at once by the next start on its embedded Postgres', async (t) => {
  const environment = { PORT: String(await freePort()), DATA_DIR: directory() }
  const hubUrl = `http://localhost:${environment.PORT}/`
  const publisher = await startPublisher(t, { hubUrl })
  const subscriber = await startSubscriber(t)
  const fields = { 'hub.topic': publisher.topic('/topic'), 'hub.callback': subscriber.callback() }
  publisher.publishes('/topic', 'first')
  const first = await start(t, environment)
  await post(hubUrl, { 'hub.mode': 'subscribe', ...fields })
  await until(() => subscriber.verifications().length === 1, 'the question')
  await post(hubUrl, { 'hub.mode': 'publish', 'hub.url': publisher.topic('/topic') })
  await until(() => subscriber.received.length === 1, 'the first delivery')
  await first.stop()
  publisher.publishes('/topic', 'second')
  await withAdminDatabase(readConfig(environment), async ({ db }, now) => {
    const claimed = { token: crypto.randomUUID(), due_at: new Date(now.getTime() + 3_600_000) }
    const { numUpdatedRows } = await db.updateTable('topic').set(claimed).executeTakeFirstOrThrow()
    assert.equal(numUpdatedRows, 1n)
  })
  await start(t, environment)
  await until(() => subscriber.received.length === 2, 'the second')
})

test('the first start alone tells an admin token; the key that seals secrets is the owner’s alone', async (t) => {
  const environment = { PORT: String(await freePort()), DATA_DIR: directory() }
  const first = await start(t, environment)
  const { adminToken } = first.started
  assert.match(adminToken ?? '', /^[\w-]{43}$/)
  const scraped = await metrics(environment.PORT, adminToken ?? '')
  assert.equal(scraped.status, 200)
  assert.match(
    await scraped.text(),
    /^# HELP fanfare_oldest_due_seconds[\s\S]*fanfare_postgres_up 1\n[\s\S]*fanfare_parked_rows\{table="topic"\} 0\n/,
  )
  const key = join(environment.DATA_DIR, 'secret-key')
  assert.equal(statSync(key).mode & 0o777, 0o600)
  const before = readFileSync(key, 'utf8')
  await first.stop()

  const second = await start(t, environment)
  assert.equal(second.started.adminToken, null)
  assert.equal(readFileSync(key, 'utf8'), before)
  assert.equal((await metrics(environment.PORT, adminToken ?? '')).status, 200)
})

test('a hub with another SECRET_KEY, or none of the others’, is refused with a sentence', async (t) => {
  const { url: DATABASE_URL } = await testDatabase(t)
  await start(t, { PORT: '0', DATABASE_URL, SECRET_KEY: 'the key of all the hubs' })
  await assert.rejects(
    serve(readConfig({ PORT: '0', DATABASE_URL, SECRET_KEY: 'the key of another hub' }), telemetry()),
    (error) => error instanceof CannotStart && /SECRET_KEY is not the one/.test(error.message),
  )
})

test('several hubs start on one Postgres of one’s own at the same moment', async (t) => {
  const { url: DATABASE_URL } = await testDatabase(t)
  const environment = { PORT: '0', DATABASE_URL, SECRET_KEY: 'the key of all the hubs' }
  const hubs = await Promise.all([1, 2, 3].map(() => start(t, environment)))
  assert.equal(hubs.filter(({ started }) => started.adminToken !== null).length, 1)
})

test('a port that is taken is told in a sentence, and nothing is left running', async (t) => {
  const taken = await listening()
  t.after(() => taken.close())
  const environment = { PORT: String(portOf(taken)), DATA_DIR: directory() }
  await assert.rejects(
    serve(readConfig(environment), telemetry()),
    (error) => error instanceof CannotStart && error.message.includes(`127.0.0.1:${environment.PORT}`),
  )
  await start(t, { ...environment, PORT: '0' }) // The directory's lock and its Postgres were let go.
})

test('stopping twice is harmless, also at the same moment', async (t) => {
  const hub = await start(t, { PORT: '0', DATA_DIR: directory() })
  await Promise.all([hub.stop(), hub.stop()])
  await hub.stop()
})

const directories: string[] = []
after(() => directories.map((path) => rmSync(path, { recursive: true, force: true })))

/** A directory that whoever runs PostgreSQL can enter. */
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fanfare-serve-'))
  chmodSync(path, 0o755)
  directories.push(path)
  return path
}

async function start(t: TestContext, environment: Readonly<Record<string, string>>): Promise<Serving> {
  const serving = await serve(readConfig(environment), telemetry())
  t.after(serving.stop)
  return serving
}

/** The real metrics; lines are kept, not written. */
function telemetry(): Telemetry {
  return { ...createTelemetry(readConfig({ LOG_LEVEL: 'silent' })), events: recordEvents().events }
}

async function post(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  assert(response.ok, await response.text())
}

function metrics(port: string, token: string): Promise<Response> {
  return fetch(`http://localhost:${port}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = await listening()
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

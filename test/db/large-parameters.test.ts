import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { sql } from 'kysely'
import { isDatabaseAway } from '../../src/db/away.ts'
import { openDatabase, transaction } from '../../src/db/database.ts'
import type { Db } from '../../src/db/schema.ts'
import { testDatabase } from '../support/postgres.ts'

const kib = 1024
const mib = 1024 ** 2

async function backend(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? 0
}

test('bytes of whatever length arrive as they were, and what stands beside them too', async (t) => {
  const { db } = await testDatabase(t)
  for (const bytes of [64 * kib - 1, 64 * kib, 256 * kib, 256 * kib + 1, 3 * mib]) {
    const body = randomBytes(bytes)
    const beside = { text: "ä'\\x", none: null, number: -1.5, flag: true, short: Buffer.from([0, 255]), empty: '' }
    const { rows } = await sql<Record<string, unknown>>`
      select sha256(${body}::bytea) as sha256, ${beside.text}::text as text, ${beside.none}::text as none,
        ${beside.number}::float8 as number, ${beside.flag}::boolean as flag, ${beside.short}::bytea as short,
        ${beside.empty}::text as empty, octet_length(${body}::bytea || ${body}::bytea) as twice
    `.execute(db)
    const sha256 = createHash('sha256').update(body).digest()
    assert.deepEqual(rows, [{ ...beside, sha256, twice: 2 * bytes }])
  }
})

test('bytes beside what only pg can write, an instant or a list, arrive as well', async (t) => {
  const { db } = await testDatabase(t)
  const at = new Date('2026-01-02T03:04:05.678Z')
  const { rows } = await sql`
    select octet_length(${Buffer.alloc(mib)}::bytea) as bytes, ${at}::timestamptz as at, ${['a', 'b']}::text[] as list
  `.execute(db)
  assert.deepEqual(rows, [{ bytes: mib, at, list: ['a', 'b'] }])
})

test('large bytes are sent without being in memory a second time', async (t) => {
  const { db } = await testDatabase(t)
  const send = (body: Buffer) => sql`select octet_length(${body}::bytea)`.execute(db)
  await send(randomBytes(256 * kib)) // So that the code is there.
  const body = randomBytes(48 * mib)
  const before = process.memoryUsage().rss
  await send(body)
  const grown = process.resourceUsage().maxRSS * kib - before
  assert.ok(grown < 16 * mib, `48 MiB took ${Math.round(grown / mib)} MiB more`)
})

test('a statement that Postgres refuses says why and rolls back, and its connection serves the next', async (t) => {
  const { db } = await testDatabase(t, { connectionsMax: 1 })
  const pid = await backend(db)
  const body = randomBytes(mib)
  const twice = transaction(db, async (tx) => {
    const content = { sha256: createHash('sha256').update(body).digest(), body }
    await tx.insertInto('content').values(content).execute()
    await tx
      .insertInto('content')
      .values({ ...content, sha256: Buffer.from('too short') })
      .execute()
  })
  await assert.rejects(twice, { code: '23514', table: 'content' })
  assert.deepEqual(await db.selectFrom('content').select('id').execute(), [])
  await assert.rejects(sql`select ${body}::bytea from nowhere`.execute(db), { code: '42P01' })
  await assert.rejects(sql`select ${body}::bytea, ${'x'}::int`.execute(db), { code: '22P02' })
  assert.equal(await backend(db), pid)
})

test('a connection that is cut while bytes are under way is the database being away', async (t) => {
  const { url } = await testDatabase(t)
  const proxy = await cuttingProxy(t, url, { afterBytes: 4 * mib })
  const { db, close } = await openDatabase(proxy.url, { connectionsMax: 1 })
  t.after(close)
  const body = randomBytes(16 * mib)
  const insert = transaction(db, (tx) =>
    tx
      .insertInto('content')
      .values({ sha256: createHash('sha256').update(body).digest(), body })
      .execute(),
  )
  await assert.rejects(insert, isDatabaseAway)
  proxy.cutNoMore()
  assert.deepEqual(await db.selectFrom('content').select('id').execute(), [])
})

test('over TLS large bytes are encrypted slice by slice, and arrive as they were', async (t) => {
  const { url } = await testDatabase(t)
  const { db, close } = await openDatabase(await encryptingProxy(t, url), { connectionsMax: 1 })
  t.after(close)
  const send = (body: Buffer) => sql<{ sha256: Buffer }>`select sha256(${body}::bytea) as sha256`.execute(db)
  await send(randomBytes(256 * kib)) // So that the code is there.
  const body = randomBytes(96 * mib)
  const sha256 = createHash('sha256').update(body).digest()
  const before = process.memoryUsage().rss
  const { rows } = await send(body)
  const grown = process.resourceUsage().maxRSS * kib - before
  assert.deepEqual(rows, [{ sha256 }])
  assert.ok(grown < 64 * mib, `96 MiB took ${Math.round(grown / mib)} MiB more`)
})

/** Stands before Postgres and ends a connection once it has sent so much. */
async function cuttingProxy(t: TestContext, url: string, { afterBytes }: { readonly afterBytes: number }) {
  let cutAfterBytes = afterBytes
  const through = await proxy(t, url, (client, server) => {
    let bytes = 0
    client.pipe(server).pipe(client)
    client.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > cutAfterBytes) client.destroy()
    })
  })
  return {
    url: through.href,
    cutNoMore() {
      cutAfterBytes = Number.POSITIVE_INFINITY
    },
  }
}

/** Stands before Postgres and speaks TLS in its place, as Postgres does: after a request of eight bytes and an S. */
async function encryptingProxy(t: TestContext, url: string): Promise<string> {
  const read = (name: string) => readFileSync(new URL(`../fixtures/tls/localhost.${name}.pem`, import.meta.url))
  const through = await proxy(t, url, (client, server) => {
    client.once('data', () => {
      client.write('S')
      const plain = new TLSSocket(client, { isServer: true, cert: read('cert'), key: read('key') })
      plain.on('error', () => client.destroy())
      plain.pipe(server).pipe(plain)
    })
  })
  through.searchParams.set('sslmode', 'no-verify')
  return through.href
}

/** @returns the database's URL through it */
async function proxy(t: TestContext, url: string, join: (client: Socket, server: Socket) => void): Promise<URL> {
  const { hostname, port, searchParams } = new URL(url)
  const directory = searchParams.get('host')
  const listening = createServer((client) => {
    const at = port || '5432'
    const server = directory === null ? connect(Number(at), hostname) : connect(`${directory}/.s.PGSQL.${at}`)
    const end = () => {
      client.destroy()
      server.destroy()
    }
    client.on('error', end).on('close', end)
    server.on('error', end).on('close', end)
    join(client, server)
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  t.after(() => void listening.close())
  const through = new URL(url)
  through.search = ''
  through.host = `127.0.0.1:${(listening.address() as AddressInfo).port}`
  return through
}

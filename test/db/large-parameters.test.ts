import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
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

/** Stands before Postgres and ends a connection once it has sent so much. */
async function cuttingProxy(t: TestContext, url: string, { afterBytes }: { readonly afterBytes: number }) {
  let cutAfterBytes = afterBytes
  const { hostname, port: givenPort, searchParams } = new URL(url)
  const port = givenPort || '5432'
  const directory = searchParams.get('host')
  const proxy = createServer((client) => {
    const server = directory === null ? connect(Number(port), hostname) : connect(`${directory}/.s.PGSQL.${port}`)
    let bytes = 0
    const cut = () => {
      client.destroy()
      server.destroy()
    }
    client.on('error', cut).on('close', cut).pipe(server)
    server.on('error', cut).on('close', cut).pipe(client)
    client.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > cutAfterBytes) cut()
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => void proxy.close())
  const through = new URL(url)
  through.search = ''
  through.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    url: through.href,
    cutNoMore() {
      cutAfterBytes = Number.POSITIVE_INFINITY
    },
  }
}

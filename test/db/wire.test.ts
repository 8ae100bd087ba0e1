import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { createWire } from '../../src/db/wire.ts'
import type { Wire } from '../../src/work/ring.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { until } from '../support/until.ts'

test('what is notified on a channel reaches who listens on it, and nobody else', async (t) => {
  const { url, db } = await testDatabase(t)
  const wire = createWire(url, db)
  const heard = await hear(t, wire, 'Fan "fare')
  await wire.notify('other', 'not this')
  await wire.notify('Fan "fare', 'this: 😀')
  assert.equal(await heard.next(), 'this: 😀')
})

test('a listener whose connection was lost listens again', async (t) => {
  const database = await testDatabase(t)
  const wire = createWire(database.url, database.db)
  const heard = await hear(t, wire, 'fanfare')
  const lost = await listeners(database)
  await sql`select pg_terminate_backend(${lost[0]}::int)`.execute(database.db)
  await until(async () => {
    const [now] = await listeners(database)
    return now !== undefined && now !== lost[0]
  }, 'another connection')
  await wire.notify('fanfare', 'again')
  assert.equal(await heard.next(), 'again')
})

test('after closing there is no connection left', async (t) => {
  const database = await testDatabase(t)
  const listening = await createWire(database.url, database.db).listen('fanfare', () => {})
  await listening.close()
  await until(async () => (await listeners(database)).length === 0, 'the end of the connection')
})

async function hear(t: TestContext, wire: Wire, channel: string) {
  const queue: string[] = []
  let wake = () => {}
  const listening = await wire.listen(channel, (payload) => {
    queue.push(payload)
    wake()
  })
  t.after(() => listening.close())
  return {
    async next(): Promise<string | undefined> {
      while (queue.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return queue.shift()
    },
  }
}

/** Connections that have run their LISTEN and wait. */
async function listeners({ db }: TestDatabase): Promise<readonly number[]> {
  const { rows } = await sql<{ readonly pid: number }>`
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'fanfare listening' and state = 'idle' and query ilike 'listen%'
  `.execute(db)
  return rows.map(({ pid }) => pid)
}

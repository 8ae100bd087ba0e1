import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createWire } from '../../src/db/wire.ts'
import { createBell } from '../../src/work/bell.ts'
import { connectBells } from '../../src/work/ring.ts'
import { lastFirst } from '../support/cleanup.ts'
import { testDatabase } from '../support/postgres.ts'

test('rule 5: rings reach the other processes, hundreds of one moment in one notification', async (context) => {
  const t = lastFirst(context)
  const { db, url } = await testDatabase(t)
  const bells = [createBell(() => new Date()), createBell(() => new Date())] as const
  for (const bell of bells) {
    const rings = await connectBells(bell, createWire(url, db), (error) => assert.fail(String(error)))
    t.after(() => rings.close())
  }
  const notified: string[] = []
  const spy = new pg.Client(url)
  await spy.connect()
  t.after(() => spy.end())
  spy.on('notification', ({ payload }) => notified.push(payload ?? ''))
  await spy.query('listen fanfare')

  const woken = Promise.all([bells[1].next('fetch'), bells[1].next('broadcast')])
  for (let ring = 0; ring < 200; ring++) {
    bells[0].ring('fetch')
    bells[0].ring('broadcast')
  }
  await woken
  await spy.query('select 1') // A notification sent before this answer has come by now.
  assert.equal(notified.length, 1)
  assert.match(notified[0] ?? '', /^\S+ fetch broadcast$/)
})

test('what was rung just before a process stops reaches the others', async (context) => {
  const t = lastFirst(context)
  const { db, url } = await testDatabase(t)
  const [stopping, other] = [createBell(() => new Date()), createBell(() => new Date())]
  const onError = (error: unknown) => assert.fail(String(error))
  const rings = await connectBells(stopping, createWire(url, db), onError)
  const others = await connectBells(other, createWire(url, db), onError)
  t.after(() => others.close())
  const woken = other.next('reclaim')
  stopping.ring('reclaim')
  await rings.close()
  await woken
})

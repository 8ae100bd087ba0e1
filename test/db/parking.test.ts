import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { setAside } from '../../src/db/parking.ts'
import { recordEvents } from '../support/events.ts'
import { testDatabase } from '../support/postgres.ts'
import { testWorld } from '../support/world.ts'

const token = '5f0c7a8e-1f0a-4c54-8f9b-3b1a5b0c9d11'
const error = new Error('a fault of ours')

test('SEC-22: a row that fails on our side is tried five times more, then set aside with the reason', async (t) => {
  const { db } = await testDatabase(t)
  const { events, of } = recordEvents()
  const parts = { db, events, world: testWorld(t) }
  const { rows } = await sql<{ id: number }>`
    insert into denial (topic, callback, origin, reason, due_at, token)
    values ('http://t.example/', 'http://c.example/', 'http://c.example', 'no', now(), ${token}) returning id
  `.execute(db)
  const id = rows[0]?.id ?? 0
  const parkedWhy = async () =>
    (await db.selectFrom('denial').select('parked_why').executeTakeFirstOrThrow()).parked_why
  await setAside(parts, 'denial', { row: { id, token, attempt: 5 }, error })
  assert.equal(await parkedWhy(), null)
  await setAside(parts, 'denial', { row: { id, token: crypto.randomUUID(), attempt: 6 }, error })
  assert.equal(await parkedWhy(), null, 'the claim of another')
  await setAside(parts, 'denial', { row: { id, token, attempt: 6 }, error })
  assert.equal(await parkedWhy(), 'a fault of ours')
  assert.equal(of('dutyFailed').length, 3)
  assert.deepEqual(of('parked'), [{ table: 'denial', id, error }])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { lapseClaims } from '../../src/db/claims.ts'
import { distributing } from '../distribution/setup.ts'

test('every claim lapses: batches, and backlog with its origin; what waits for its turn keeps it', async (t) => {
  const { db, world, topic, subscribe, publish, drain, subscriber } = await distributing(t)
  const id = await topic()
  const behind = await subscribe(id, subscriber.callback('/behind'))
  const waiting = await subscribe(id, subscriber.callback('/waiting'))
  subscriber.answers({ status: 500 })
  await publish(id, 'content')
  await drain()
  const later = new Date(world.now().getTime() + 3_600_000)
  const token = crypto.randomUUID()
  await db.updateTable('backlog').set({ token, due_at: later }).where('subscription_id', '=', behind).execute()
  await db.updateTable('backlog').set({ due_at: later }).where('subscription_id', '=', waiting).execute()
  await db.updateTable('origin').set({ due_at: later }).execute()
  await sql`
    insert into broadcast (topic_id, from_number, to_number, newcomers_only, open_batches, turn)
    values (${id}, 0, 1, false, 1, 1)
  `.execute(db)
  await sql`
    insert into batch (topic_id, from_number, to_number, subscription_ids, done, token, claimed_until)
    values (${id}, 0, 1, '{1}', '', ${token}, ${later})
  `.execute(db)
  const now = world.now()
  await lapseClaims(db, now)
  const backlog = await db.selectFrom('backlog').select(['token', 'due_at']).orderBy('subscription_id').execute()
  assert.deepEqual(backlog, [
    { token: null, due_at: now },
    { token: null, due_at: later },
  ])
  assert.deepEqual(await db.selectFrom('origin').select('due_at').execute(), [{ due_at: now }])
  assert.deepEqual(await db.selectFrom('batch').select('claimed_until').execute(), [{ claimed_until: now }])
})

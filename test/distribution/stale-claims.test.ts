import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '../../src/db/database.ts'
import type { Db } from '../../src/db/schema.ts'
import { claimBacklog, handOver } from '../../src/distribution/backlog-store.ts'
import { claimBroadcasts } from '../../src/distribution/broadcast-store.ts'
import { openBreakers, originsDue, pruneOrigins } from '../../src/distribution/origin-store.ts'
import { originOf } from '../../src/url-key.ts'
import { untilWaitsForLock } from '../support/postgres.ts'
import { distributing } from './setup.ts'

test('rule 3: a row that falls behind while its origin is claimed from is not forgotten', async (t) => {
  const { topic, subscribe, db, world, subscriber } = await distributing(t)
  const id = await topic()
  const subscriptionId = await subscribe(id, subscriber.callback())
  const origin = originOf(subscriber.callback())
  const now = world.now()
  await originsDue(db, new Map([[origin, now]])) // Nothing is behind there any more.
  await heldBeforeItsLock(db, {
    table: 'origin',
    act: (gated) => claimBacklog(gated, backlogClaim(now)),
    meanwhile: async (other) => {
      await handOver(other, [{ ...behind, subscriptionId, topicId: id, dueAt: now }], { now })
      await originsDue(other, new Map([[origin, now]]))
    },
  })
  const { claimed } = await claimBacklog(db, backlogClaim(now))
  assert.deepEqual(
    claimed.map((row) => row.subscriptionId),
    [subscriptionId],
  )
})

test('rule 3: a claim that began before its broadcast carried on sends nothing by what it saw', async (t) => {
  const { topic, subscribe, publish, db, world, subscriber } = await distributing(t)
  const id = await topic()
  const subscriptionId = await subscribe(id, subscriber.callback())
  const now = world.now()
  const claim = { now, until: new Date(now.getTime() + 30_000), limit: 300, turnFrom: null, besides: [] }
  await publish(id, 'first')
  const claimed = await heldBeforeItsLock(db, {
    table: 'broadcast',
    act: (gated) => claimBroadcasts(gated, { ...claim, token: crypto.randomUUID() }),
    meanwhile: async (other) => {
      await handOver(other, [{ ...behind, subscriptionId, topicId: id, dueAt: now }], { now })
      await other.updateTable('broadcast').set({ from_number: 1, to_number: 2 }).execute()
    },
  })
  assert.deepEqual(claimed.batches, [], 'the one subscription is behind, which its snapshot does not show')
})

test('rule 3: an origin whose breaker has long been open is not forgotten while a row falls behind there', async (t) => {
  const { topic, subscribe, db, world, subscriber } = await distributing(t)
  const id = await topic()
  const subscriptionId = await subscribe(id, subscriber.callback())
  const origin = originOf(subscriber.callback())
  const now = world.now()
  await openBreakers(db, [origin], { now })
  const prune = { openBefore: new Date(now.getTime() + 1), limit: 10 }
  await heldBeforeItsLock(db, {
    table: 'origin',
    act: (gated) => pruneOrigins(gated, prune),
    meanwhile: async (other) => {
      await handOver(other, [{ ...behind, subscriptionId, topicId: id, dueAt: now }], { now })
      await originsDue(other, new Map([[origin, now]]))
    },
  })
  const origins = () => db.selectFrom('origin').select('origin').execute()
  assert.deepEqual(await origins(), [{ origin }], 'else nobody would look after the row')
  await db.deleteFrom('backlog').execute()
  assert.equal(await pruneOrigins(db, prune), 1)
  assert.deepEqual(await origins(), [])
})

function backlogClaim(now: Date) {
  const until = new Date(now.getTime() + 30_000)
  const bounds = { originsMax: 10, perOriginMax: 10, busyOrigins: [], dueFrom: null, probeMs: 30_000 }
  return { now, until, token: crypto.randomUUID(), ...bounds }
}

const behind = {
  ...{ since: 0, number: 1, attempt: 0, failures: 0, failingSince: null, newerWaitMs: 0, ofOrigin: false },
  ...{ notBefore: null, token: null, parkedWhy: null },
}

/** Holds `act` after it took its snapshot and before it locks a row of `table`, until `meanwhile` is committed. */
async function heldBeforeItsLock<Result>(
  db: Db,
  {
    table,
    act,
    meanwhile,
  }: {
    readonly table: 'origin' | 'broadcast'
    readonly act: (gated: Db) => Promise<Result>
    readonly meanwhile: (other: Db) => Promise<void>
  },
): Promise<Result> {
  await sql`
    create function gate() returns boolean volatile language sql as 'select pg_advisory_xact_lock_shared(1) is not null'
  `.execute(db)
  await sql`grant all on all tables in schema public to pg_monitor`.execute(db)
  await sql`grant all on all sequences in schema public to pg_monitor`.execute(db)
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db)
  await sql`create policy gate on ${sql.table(table)} to pg_monitor using (gate())`.execute(db)
  const { acting } = await transaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(1)`.execute(tx)
    const acting = transaction(db, async (gated) => {
      await sql`set local role pg_monitor`.execute(gated)
      return act(gated)
    })
    await untilWaitsForLock(db)
    await transaction(db, meanwhile)
    return { acting }
  })
  return acting
}

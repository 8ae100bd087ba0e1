import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  allRights,
  createSubscriberKey,
  findSubscriberKey,
  listSubscriberKeys,
  revokeSubscriberKey,
} from '../../src/keys/subscriber-store.ts'
import { testDatabase } from '../support/postgres.ts'

const now = new Date('2026-11-21T08:00:00Z')

test("SEC-20: a subscriber's key is stored hashed, and found by its login and by nothing near it", async (t) => {
  const { db } = await testDatabase(t)
  const { id, secret } = await createSubscriberKey(db, { login: 'alice', rights: ['list'], now })
  const rows = JSON.stringify(await db.selectFrom('subscriber_key').selectAll().execute())
  assert.equal(rows.includes(secret), false)
  assert.equal(rows.includes(Buffer.from(secret).toString('hex')), false)
  const key = { id, login: 'alice', rights: ['list'], createdAt: now, revokedAt: null }
  assert.deepEqual(await findSubscriberKey(db, { login: 'alice', secret }), key)
  for (const [login, shown] of [
    ['alice', `${secret} `],
    ['alice', ''],
    ['Alice', secret],
    ['bob', secret],
    ['', secret],
  ] as const) {
    assert.equal(await findSubscriberKey(db, { login, secret: shown }), null, `${login}:${shown}`)
  }
})

test('several keys of one login are each in force until revoked', async (t) => {
  const { db } = await testDatabase(t)
  const old = await createSubscriberKey(db, { login: 'alice', rights: allRights, now })
  const next = await createSubscriberKey(db, { login: 'alice', rights: allRights, now })
  assert.equal((await revokeSubscriberKey(db, old.id, { now }))?.revokedAt, null)
  assert.deepEqual((await revokeSubscriberKey(db, old.id, { now: new Date('2027-01-01') }))?.revokedAt, now)
  assert.equal(await findSubscriberKey(db, { login: 'alice', secret: old.secret }), null)
  assert.equal((await findSubscriberKey(db, { login: 'alice', secret: next.secret }))?.id, next.id)
  assert.deepEqual(
    (await listSubscriberKeys(db)).map((key) => key.revokedAt),
    [now, null],
  )
  assert.equal(await revokeSubscriberKey(db, next.id + 1, { now }), null)
})

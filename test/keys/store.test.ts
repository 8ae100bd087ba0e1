import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey, findKey, isInForce, listKeys, patternsInForce, revokeKey } from '../../src/keys/store.ts'
import { testDatabase } from '../support/postgres.ts'

const now = new Date('2026-11-21T08:00:00Z')
const pattern = parsePattern('https://example.org/*', '--topic')

test('SEC-20: the database keeps nothing a key could be made from, and no two keys are alike', async (t) => {
  const { db } = await testDatabase(t)
  const first = await createKey(db, { pattern, delivery: null, now })
  const second = await createKey(db, { pattern, delivery: null, now })
  assert.match(first.secret, /^fanfare_[\w-]{43}$/)
  assert.notEqual(first.secret, second.secret)
  const rows = JSON.stringify(await db.selectFrom('publisher_key').selectAll().execute())
  for (const { secret } of [first, second]) {
    assert.equal(rows.includes(secret), false)
    assert.equal(rows.includes(Buffer.from(secret).toString('hex')), false)
  }
})

test('FAT-02: a key is found by what its owner shows and nothing near it', async (t) => {
  const { db } = await testDatabase(t)
  const { id, secret } = await createKey(db, { pattern, delivery: 'latest', now })
  assert.deepEqual(await findKey(db, secret), { id, pattern, delivery: 'latest', createdAt: now, revokedAt: null })
  for (const other of ['', secret.slice(0, -1), `${secret} `, secret.toUpperCase(), secret.replace('fanfare_', '')]) {
    assert.equal(await findKey(db, other), null, other)
  }
})

test('a revoked key is no longer in force, and keeps the instant of its first revocation', async (t) => {
  const { db } = await testDatabase(t)
  const { id, secret } = await createKey(db, { pattern, delivery: null, now })
  assert.equal(await isInForce(db, id), true)
  assert.deepEqual(await patternsInForce(db, [pattern.origin]), [pattern])
  assert.equal((await revokeKey(db, id, { now }))?.revokedAt, null)
  assert.deepEqual((await revokeKey(db, id, { now: new Date('2027-01-01') }))?.revokedAt, now)
  assert.equal(await revokeKey(db, id + 1, { now }), null)
  assert.equal(await isInForce(db, id), false)
  assert.deepEqual(await patternsInForce(db, [pattern.origin]), [])
  assert.deepEqual((await findKey(db, secret))?.revokedAt, now)
  assert.deepEqual(
    (await listKeys(db)).map(({ revokedAt }) => revokedAt),
    [now],
  )
})

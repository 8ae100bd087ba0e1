import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coverage, isOwed } from './requirements.ts'

/** Rows that no test can, or has to, name; each with the reason. */
const untested: Readonly<Record<string, string>> = {
  'DISC-12': 'This hub hosts no topics of its own.',
  'SEC-07': 'Constant time cannot be seen from outside: the comparisons use timingSafeEqual on equal lengths.',
}

const { rows, tests } = coverage()

test('every row this hub has to keep is named by a test, or by its reason to have none', () => {
  const without = rows.filter((row) => isOwed(row) && !tests.has(row.id)).map(({ id }) => id)
  assert.deepEqual(without.sort(), Object.keys(untested).sort())
})

test('no test names a row that is none', () => {
  const known = new Set(rows.map(({ id }) => id))
  const families = new Set(rows.map(({ id }) => id.split('-')[0] ?? ''))
  const named = [...tests.keys()].filter((id) => families.has(id.split('-')[0] ?? ''))
  assert.deepEqual(
    named.filter((id) => !known.has(id)),
    [],
  )
})

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { loadClaims, sectionOf, sections } from '../../conformance/claims.ts'
import type { Faults } from '../../conformance/faulty-hub/faults/fault.ts'
import { faults } from '../../conformance/faulty-hub/faults.ts'
import { unchecked } from '../../conformance/unchecked.ts'

const claims = await loadClaims()
const rows: readonly { readonly id: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/requirements.json', import.meta.url), 'utf8'),
)
const claimed = new Set(claims.flatMap((claim) => claim.rows))

/** The sections of the matrix whose claims are all written. */
const families = /^(DISC|SUB|VAL|VER|DEN|UNS|LEASE|PUB|FAT|FETCH|DIST|DIFF|SIG|RETRY|MIG|SEC|PSH)-/

test('every row of the matrix is claimed, or has a reason why it cannot be seen from outside; none both', () => {
  const owed = rows.map(({ id }) => id).filter((id) => families.test(id))
  assert.deepEqual(
    owed.filter((id) => claimed.has(id) === Object.hasOwn(unchecked, id)),
    [],
  )
})

test('no claim and no reason names a row that is none', () => {
  const known = new Set(rows.map(({ id }) => id))
  assert.deepEqual(
    [...claimed, ...Object.keys(unchecked)].filter((id) => !known.has(id)),
    [],
  )
})

test('every claim stands in a group that has a name, and presupposes claims that exist', () => {
  const names = new Set(claims.map(({ name }) => name))
  assert.deepEqual(
    claims.filter((claim) => !Object.hasOwn(sections, sectionOf(claim))).map(({ name }) => name),
    [],
  )
  assert.deepEqual(
    claims.flatMap(({ presupposes }) => presupposes.filter((name) => !names.has(name))),
    [],
  )
})

test('no claim presupposes itself, however far around', () => {
  const byName = new Map(claims.map((claim) => [claim.name, claim]))
  const reach = (name: string, path: readonly string[]): readonly string[] =>
    path.includes(name)
      ? [[...path, name].join(' → ')]
      : (byName.get(name)?.presupposes ?? []).flatMap((next) => reach(next, [...path, name]))
  assert.deepEqual(
    claims.flatMap(({ name }) => reach(name, [])),
    [],
  )
})

test('every fault of the faulty hub is noticed, each by claims that exist', () => {
  const names = new Set(claims.map(({ name }) => name))
  const all = Object.entries<Faults[string]>(faults)
  assert.deepEqual(
    all.filter(([, { fails }]) => fails.length === 0 || fails.some((name) => !names.has(name))).map(([name]) => name),
    [],
  )
  assert.ok(all.length >= 60)
})

test('a fault stands in the file of the claims that notice it, and has a name of its own', async () => {
  const files = globSync('conformance/faulty-hub/faults/*.ts', { exclude: ['**/fault.ts'] })
  const standing = await Promise.all(
    files.map(async (file) => {
      const [group = {}] = Object.values<Faults>(await import(`../../${file}`))
      return Object.entries(group).map(([name, { fails }]) => ({ name, file: basename(file, '.ts'), fails }))
    }),
  )
  const misplaced = standing.flat().filter(({ file, fails }) => sectionOf({ name: fails[0] ?? '' }) !== file)
  assert.deepEqual(misplaced, [])
  assert.equal(standing.flat().length, Object.keys(faults).length)
})

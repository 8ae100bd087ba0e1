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

/** Claims that no fault makes fail, each with its reason. */
const faultless: Readonly<Record<string, string>> = {
  'validation/may-look-at-the-topic': 'it only notes what the hub chose',
  'verification/may-overlook-blanks': 'it only notes what the hub chose',
  'verification/may-be-unsigned': 'it only notes what the hub chose',
  'denial/may-be-told-again': 'it only notes what the hub chose',
  'lease/may-be-renewed-by-the-hub': 'it only notes what the hub chose',
  'lease/may-be-chosen': 'it notes what the hub chose; that it tells a number is asked by what this presupposes',
}

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

test("every claim can fail: a fault makes it, unless a reason says why none can; the W3C's own have a test of theirs", () => {
  const noticing = new Set(Object.values<Faults[string]>(faults).flatMap(({ fails }) => fails))
  const own = claims.filter((claim) => sectionOf(claim) !== 'w3c').map(({ name }) => name)
  assert.deepEqual(
    own.filter((name) => noticing.has(name) === Object.hasOwn(faultless, name)),
    [],
  )
  assert.deepEqual(
    Object.keys(faultless).filter((name) => !own.includes(name)),
    [],
  )
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

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadClaims } from '../../conformance/claims.ts'

test('a claim that leaves requests of the hub unanswered says so, and no other does', async () => {
  const claims = await loadClaims()
  const leaving = claims.filter(({ name }) => {
    const source = readFileSync(new URL(`../../conformance/claims/${name}.ts`, import.meta.url), 'utf8')
    return /\buntil: [a-z]|fault: '(hang|drip|endless)'/.test(source)
  })
  const names = (some: typeof claims) => some.map(({ name }) => name)
  assert.deepEqual(names(claims.filter(({ holds }) => holds)), names(leaving))
})

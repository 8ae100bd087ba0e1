import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalized } from '../../conformance/exactness.ts'

const cases: readonly (readonly [one: string, other: string, same: boolean])[] = [
  ['/%7Eu', '/~u', true],
  ['/%c3%a9', '/%C3%A9', true],
  ['/a/./b', '/a/b', true],
  ['/a/.', '/a', true],
  ['/a?', '/a', true],
  ['/a%2fb', '/a%2Fb', true],
  ['/a%2Fb', '/a/b', false],
  ['/CB', '/cb', false],
  ['/a?x=%20', '/a?x=+', false],
  ['/a?x=1&y=2', '/a?y=2&x=1', false],
  ['/a?x=/./', '/a?x=/', false],
  ['/a.b', '/ab', false],
]

for (const [one, other, same] of cases) {
  test(`${one} and ${other} are ${same ? 'one callback (RFC 3986 §6.2.2)' : 'two callbacks'}`, () => {
    assert.equal(normalized(one) === normalized(other), same)
  })
}

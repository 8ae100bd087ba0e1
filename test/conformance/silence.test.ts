import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningFor } from '../../conformance/silence.ts'

const cases: readonly (readonly [hub: string, isTold: boolean, warned: boolean])[] = [
  ['https://hub.example/', false, true],
  ['http://10.0.0.7/', false, true],
  ['http://127.example/', false, true],
  ['https://hub.example/', true, false],
  ['http://127.0.0.1:8080/', false, false],
  ['http://localhost:8080/', false, false],
  ['http://hub.localhost/', false, false],
  ['http://[::1]:8080/', false, false],
]

for (const [hub, isTold, warned] of cases) {
  const listens = isTold ? 'with --listen' : 'without --listen'
  test(`${hub} ${listens} is ${warned ? 'warned of' : 'measured without a word'}`, () => {
    assert.equal(warningFor(hub, isTold) !== undefined, warned)
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restAfter } from '../../conformance/patience.ts'
import type { Header } from '../../conformance/wire.ts'

const now = new Date('2026-11-21T12:00:00Z')

const cases: readonly (readonly [status: number, retryAfter: string | undefined, restMs: number | undefined])[] = [
  [202, '5', undefined],
  [400, '5', undefined],
  [429, '5', 5000],
  [429, 'Sat, 21 Nov 2026 12:00:07 GMT', 7000],
  [429, 'soon', 1000],
  [429, undefined, 1000],
  [429, '0', 100],
  [503, '5', 5000],
  [503, undefined, undefined],
]

for (const [status, retryAfter, restMs] of cases) {
  const told = restMs === undefined ? 'is the answer' : `is asked again after ${restMs} ms`
  test(`a ${status} with Retry-After ${retryAfter ?? 'left out'} ${told}`, () => {
    const headers: readonly Header[] = retryAfter === undefined ? [] : [['Retry-After', retryAfter]]
    assert.equal(restAfter({ status, headers }, now), restMs)
  })
}

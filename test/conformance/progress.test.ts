import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NamedClaim } from '../../conformance/claim.ts'
import { createProgress } from '../../conformance/progress.ts'

test('a log is told every half minute how far the run is, a terminal at every result', () => {
  assert.deepEqual(told(false, [1, 29, 30, 31, 59, 60]), ['3 of 9 claims, 0 failed\n', '6 of 9 claims, 0 failed\n'])
  assert.deepEqual(
    told(true, [1, 2]).filter((text) => !text.startsWith('\r')),
    ['1 of 9 claims, 0 failed', '2 of 9 claims, 0 failed'],
  )
})

function told(isTTY: boolean, seconds: readonly number[]): readonly string[] {
  const written: string[] = []
  let now = 0
  const progress = createProgress(9, { isTTY, write: (text) => written.push(text) }, () => now * 1000)
  for (const second of seconds) {
    now = second
    progress.add({ claim: claim(`a/at-${second}`), verdict: { kind: 'pass' }, tookMs: 1, chosen: true })
  }
  return written
}

function claim(name: string): NamedClaim {
  return {
    name,
    rows: [],
    level: 'MUST',
    section: '5.1',
    title: '',
    sends: '',
    expects: '',
    presupposes: [],
    run: async () => undefined,
  }
}

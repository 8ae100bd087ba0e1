import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdict } from '../../src/distribution/verdict.ts'
import { retryAfterMs } from '../../src/retry-after.ts'

const now = new Date('2026-11-21T08:00:00Z')
const dayMs = 86_400_000

for (const [field, ms] of [
  ['3', 3000],
  ['0', 0],
  ['99999999', dayMs],
  ['Sat, 21 Nov 2026 08:01:00 GMT', 60_000],
  ['Sat, 21 Nov 2026 07:00:00 GMT', 0],
  ['Sun, 21 Nov 2027 08:00:00 GMT', dayMs],
  ['soon', null],
  ['-5', 0],
] as const) {
  test(`RETRY-10: Retry-After: ${field} asks for ${ms === null ? 'nothing' : `${ms / 1000} s`}`, () => {
    assert.equal(retryAfterMs(new Map([['retry-after', [field]]]), now), ms)
  })
}

for (const [status, waitMs, ofOrigin] of [
  [429, 60_000, true],
  [503, 60_000, true],
  [500, 0, true],
  [404, 0, false],
  [301, 0, false],
] as const) {
  test(`RETRY-10 A-21: Retry-After counts ${waitMs > 0 ? '' : 'not '}on ${status}, which is ${ofOrigin ? 'its server’s' : 'its callback’s'} failure`, () => {
    const headers = new Map([['retry-after', ['60']]])
    const timing = { nameMs: null, connectMs: null, firstByteMs: null, totalMs: 1 }
    const answer = {
      kind: 'answer',
      url: 'http://callback.test/',
      status,
      headers,
      body: Buffer.alloc(0),
      timing,
    } as const
    const judged = verdict(answer, now)
    assert.ok(judged.kind === 'failed')
    assert.deepEqual([judged.retryAfterMs, judged.ofOrigin], [waitMs, ofOrigin])
  })
}

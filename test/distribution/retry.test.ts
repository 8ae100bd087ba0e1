import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readConfig } from '../../src/config.ts'
import { newerWaitMs, nextAfterFailure, retryInMs } from '../../src/distribution/retry.ts'

const scheduleMs = readConfig({}).RETRY_SCHEDULE

test('RETRY-09: the default gaps grow over three days, each spread by a quarter', () => {
  assert.deepEqual(
    scheduleMs,
    [...scheduleMs].sort((some, other) => some - other),
  )
  assert.equal(
    scheduleMs.reduce((sum, delay) => sum + delay, 0),
    5000 + 30_000 + 300_000 + 1_800_000 + (2 + 5 + 10 + 14 + 20 + 24) * 3_600_000,
  )
  for (const [at, delayMs] of scheduleMs.entries()) {
    const attempt = at + 1
    assert.equal(retryInMs({ attempt, scheduleMs, retryAfterMs: 0, random: 0 }), Math.round(delayMs * 0.75))
    assert.equal(retryInMs({ attempt, scheduleMs, retryAfterMs: 0, random: 0.5 }), delayMs)
  }
  assert.equal(retryInMs({ attempt: scheduleMs.length + 1, scheduleMs, retryAfterMs: 0, random: 0 }), null)
})

test('RETRY-10: never sooner than Retry-After', () => {
  assert.equal(retryInMs({ attempt: 1, scheduleMs, retryAfterMs: 60_000, random: 0 }), 60_000)
})

for (const [failures, failingForMs, waitMs] of [
  [1, 10_000_000, 0],
  [2, 0, 0],
  [2, 4000, 1000],
  [50, 3_600_000, 900_000],
  [50, 100_000_000, 900_000],
] as const) {
  test(`after ${failures} failures over ${failingForMs / 1000} s, a newer number's first try waits ${waitMs / 1000} s`, () => {
    assert.equal(newerWaitMs({ failures, failingForMs }), waitMs)
  })
}

const failed = {
  attempt: 1,
  scheduleMs,
  retryAfterMs: 0,
  random: 0.5,
  since: 3,
  number: 5,
  everyFrom: 1,
  failures: 1,
  failingForMs: 0,
}

test('latest: a newer number supersedes; without one the schedule decides, to its end', () => {
  assert.deepEqual(nextAfterFailure({ ...failed, delivery: 'latest', newest: 9 }), {
    kind: 'again',
    since: 3,
    number: 9,
    inMs: 0,
    newer: true,
    gaveUp: false,
  })
  assert.deepEqual(nextAfterFailure({ ...failed, delivery: 'latest', newest: 5 }), {
    kind: 'again',
    since: 3,
    number: 5,
    inMs: 5000,
    newer: false,
    gaveUp: false,
  })
  assert.deepEqual(nextAfterFailure({ ...failed, attempt: 11, delivery: 'latest', newest: 5 }), { kind: 'nothing' })
})

test('RETRY-10: who asked for rest gets it before a newer number, and before the next', () => {
  const resting = { ...failed, retryAfterMs: 60_000, newest: 9 }
  const newer = nextAfterFailure({ ...resting, delivery: 'latest' })
  assert.equal(newer.kind === 'again' && newer.inMs, 60_000)
  const next = nextAfterFailure({ ...resting, delivery: 'every', attempt: 11 })
  assert.equal(next.kind === 'again' && next.inMs, 60_000)
})

test('every: the head is tried to its end, then the next begins', () => {
  assert.deepEqual(nextAfterFailure({ ...failed, number: 4, delivery: 'every', newest: 9 }), {
    kind: 'again',
    since: 3,
    number: 4,
    inMs: 5000,
    newer: false,
    gaveUp: false,
  })
  assert.deepEqual(nextAfterFailure({ ...failed, number: 4, attempt: 11, delivery: 'every', newest: 9 }), {
    kind: 'again',
    since: 4,
    number: 5,
    inMs: 0,
    newer: true,
    gaveUp: true,
  })
})

test('whatever failed, nothing older than what failed is sent next', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('latest' as const, 'every' as const),
      fc.nat(20),
      fc.nat(20),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(40),
      (delivery, number, more, attempt, before) => {
        const next = nextAfterFailure({
          ...failed,
          delivery,
          since: number - 1,
          number,
          newest: number + more,
          everyFrom: Math.max(1, Math.min(before, number + more)),
          attempt,
        })
        if (next.kind === 'again')
          assert.ok(next.number >= number && next.number <= number + more && next.since < next.number)
        else assert.equal(more, 0)
      },
    ),
  )
})

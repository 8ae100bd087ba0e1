import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fetched } from '../../src/publishing/fetched.ts'
import { freshForMs } from '../../src/publishing/freshness.ts'
import { nextPoll } from '../../src/publishing/poll.ts'

const minute = 60_000
const poll = { everyMs: 10 * minute, slowestMs: 60 * minute, paceMs: 20 * minute }
const unchanged: Fetched = { kind: 'not-modified', names: [], freshForMs: 0 }

function next(fetched: Fetched, { isNew = false, paceMs = poll.paceMs, random = 0.5 } = {}) {
  return nextPoll({ ...poll, paceMs }, { fetched, isNew, random })
}

function failed(status: number | null, retryAfterMs = 0): Fetched {
  return { kind: 'failed', why: 'It failed.', status, retryAfterMs }
}

test('what changed is polled twice as often, what did not half as often again, a failure half as often', () => {
  assert.deepEqual(next(unchanged, { isNew: true }), { paceMs: 10 * minute, inMs: 10 * minute })
  assert.deepEqual(next(unchanged), { paceMs: 30 * minute, inMs: 30 * minute })
  assert.deepEqual(next(failed(500)), { paceMs: 40 * minute, inMs: 40 * minute })
  assert.deepEqual(next(failed(null)), { paceMs: 40 * minute, inMs: 40 * minute })
  assert.deepEqual(next({ kind: 'unwanted' }), { paceMs: 20 * minute, inMs: 20 * minute })
})

test('the pace stays between the bounds of the operator', () => {
  assert.deepEqual(next(unchanged, { isNew: true, paceMs: 11 * minute }), { paceMs: 10 * minute, inMs: 10 * minute })
  assert.deepEqual(next(unchanged, { paceMs: 55 * minute }), { paceMs: 60 * minute, inMs: 60 * minute })
})

test('polls are spread by a tenth either way', () => {
  assert.deepEqual(next(unchanged, { random: 0 }), { paceMs: 30 * minute, inMs: 27 * minute })
  assert.deepEqual(next(unchanged, { random: 0.999_999_99 }), { paceMs: 30 * minute, inMs: 33 * minute })
})

test('an answer is not asked for again while it is fresh, at most as long as the slowest pace', () => {
  assert.deepEqual(next({ ...unchanged, freshForMs: 45 * minute }), { paceMs: 30 * minute, inMs: 45 * minute })
  assert.deepEqual(next({ ...unchanged, freshForMs: 900 * minute }), { paceMs: 30 * minute, inMs: 60 * minute })
})

test('Retry-After is waited for, however slow that is', () => {
  assert.deepEqual(next(failed(503, 900 * minute)), { paceMs: 40 * minute, inMs: 900 * minute })
})

test('who refuses is asked at the slowest pace, and where it is gone never again', () => {
  for (const status of [401, 402, 403, 451]) {
    assert.deepEqual(next(failed(status), { paceMs: poll.everyMs }), { paceMs: 60 * minute, inMs: 60 * minute })
  }
  assert.deepEqual(next(failed(410)), { ended: 'The topic answered 410 (gone).' })
})

function fresh(fields: Readonly<Record<string, string>>): number {
  const headers = new Map(Object.entries(fields).map(([name, value]) => [name, [value]]))
  return freshForMs(headers, new Date('2026-11-21T10:00:00Z'))
}

test('an answer is fresh by max-age less its Age, else by Expires after Date', () => {
  assert.equal(fresh({ 'cache-control': 'public, max-age=600' }), 600_000)
  assert.equal(fresh({ 'cache-control': 'Max-Age="600"', age: '60' }), 540_000)
  assert.equal(fresh({ 'cache-control': 'max-age=600', age: '700' }), 0)
  assert.equal(fresh({ expires: 'Sat, 21 Nov 2026 10:05:00 GMT' }), 300_000)
  assert.equal(fresh({ expires: 'Sat, 21 Nov 2026 10:05:00 GMT', date: 'Sat, 21 Nov 2026 10:04:00 GMT' }), 60_000)
})

test('what must be asked for again, was said for shared caches alone, or is unreadable, is not fresh', () => {
  assert.equal(fresh({}), 0)
  assert.equal(fresh({ 'cache-control': 'no-cache, max-age=600' }), 0)
  assert.equal(fresh({ 'cache-control': 'max-age=600, no-store' }), 0)
  assert.equal(fresh({ 'cache-control': 's-maxage=600' }), 0)
  assert.equal(fresh({ 'cache-control': 'max-age=soon', expires: '0' }), 0)
  assert.equal(fresh({ expires: 'Sat, 21 Nov 2026 09:00:00 GMT' }), 0)
})

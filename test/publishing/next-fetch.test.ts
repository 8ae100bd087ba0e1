import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EndedFetch, nextFetch } from '../../src/publishing/next-fetch.ts'

const fetch: EndedFetch = {
  ...{ attempt: 1, rechecks: 0, derived: false, polled: false, ending: 'served' },
  ...{ retryAfterMs: 0, noticed: null, random: 0.5 },
}
const rest = { inMs: null, attempt: 0, rechecks: 0, derived: false }

test('FETCH-07: a failed fetch is tried four times more, from 30 s doubling', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => nextFetch({ ...fetch, ending: 'failed', attempt }).inMs)
  assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000, null])
})

test('FETCH-07: retries are spread by a quarter either way', () => {
  const wait = (random: number) => nextFetch({ ...fetch, ending: 'failed', random }).inMs
  assert.deepEqual([wait(0), wait(0.999_999)], [22_500, 37_500])
})

test('FETCH-07: Retry-After is waited for', () => {
  assert.equal(nextFetch({ ...fetch, ending: 'failed', retryAfterMs: 90_000 }).inMs, 90_000)
  assert.equal(nextFetch({ ...fetch, ending: 'failed', retryAfterMs: 1000 }).inMs, 30_000)
})

test('SF-15: a part that waits for other pages is looked for after that, however often, and spends no try', () => {
  const put = { ...fetch, ending: 'later', attempt: 7, retryAfterMs: 2000 } as const
  assert.deepEqual(nextFetch(put), { inMs: 2000, attempt: 6, rechecks: 0, derived: false })
})

test('PUB-16: two second looks after a ping that found nothing new, none where anything was published', () => {
  const look = (rechecks: number) => nextFetch({ ...fetch, ending: 'unchanged', attempt: 3, rechecks })
  assert.deepEqual(look(0), { inMs: 5000, attempt: 0, rechecks: 1, derived: false })
  assert.deepEqual(look(1), { inMs: 60_000, attempt: 0, rechecks: 2, derived: false })
  assert.deepEqual(look(2), rest)
  assert.deepEqual(nextFetch({ ...fetch, ending: 'served', rechecks: 1 }), rest)
  assert.deepEqual(nextFetch({ ...fetch, ending: 'unchanged', derived: true }), rest)
})

test('PUB-11: a ping during the fetch asks for another at once, whatever the first came to', () => {
  for (const ending of ['served', 'unchanged', 'failed', 'again'] as const) {
    assert.deepEqual(nextFetch({ ...fetch, ending, attempt: 4, derived: true, noticed: 'pinged' }), {
      ...rest,
      inMs: 0,
    })
  }
})

test('PUB-13: what an alias asks for during a fetch asks nothing further, unless a publisher is still owed its look', () => {
  const derived = (ending: EndedFetch['ending'], own: boolean) =>
    nextFetch({ ...fetch, ending, derived: own, noticed: 'derived' }).derived
  assert.deepEqual([derived('served', false), derived('unchanged', false)], [true, true])
  assert.deepEqual([derived('failed', false), derived('again', false)], [false, false])
  assert.deepEqual([derived('failed', true), derived('again', true)], [true, true])
})

test('a fetch that settled nothing is wanted again at once and spends no try', () => {
  assert.deepEqual(nextFetch({ ...fetch, ending: 'again', attempt: 3, rechecks: 1, derived: true }), {
    inMs: 0,
    attempt: 2,
    rechecks: 1,
    derived: true,
  })
})

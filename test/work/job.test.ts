import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { type ClaimWanted, dutyOf, type Job } from '../../src/work/job.ts'

interface Row {
  readonly id: number
  readonly origin: string
}

const stop = new AbortController().signal

function jobOf(claims: Row[][], options: Partial<Job<Row, string>> = {}) {
  const wanted: ClaimWanted[] = []
  const settled: string[][] = []
  const failed: string[] = []
  const job: Job<Row, string> = {
    name: 'trial',
    atOnce: 10,
    perOriginAtOnce: 2,
    earliestDue: () => sql`select null`,
    async claim(want) {
      wanted.push(want)
      return claims.shift() ?? []
    },
    originOf: ({ origin }) => origin,
    perform: async ({ id }) => `done ${id}`,
    async settle(performed) {
      settled.push(performed.map(({ outcome }) => outcome))
    },
    async failed({ id }, error) {
      failed.push(`${id}: ${error}`)
    },
    ...options,
  }
  return { job, wanted, settled, failed }
}

const quiet = { onRoom: () => {}, onError: () => {} }

test('what ends in one moment is settled in one write', async () => {
  const { job, settled } = jobOf([[1, 2, 3].map((id) => ({ id, origin: 'a' }))])
  const duty = dutyOf(job, quiet)
  assert.equal(await duty.turn(stop), true)
  await duty.settled()
  assert.deepEqual(settled, [['done 1', 'done 2', 'done 3']])
  assert.equal(await duty.turn(stop), false)
})

test('an origin that has no room is not claimed for, and its room is told of', async () => {
  const held = Promise.withResolvers<string>()
  const rooms: string[] = []
  const { job, wanted } = jobOf([[1, 2].map((id) => ({ id, origin: 'a' }))], { perform: () => held.promise })
  const duty = dutyOf(job, { ...quiet, onRoom: (name) => rooms.push(name) })
  await duty.turn(stop)
  await duty.turn(stop)
  assert.deepEqual(wanted[1]?.busyOrigins, ['a'])
  assert.equal(wanted[1]?.limit, 8)
  held.resolve('done')
  await duty.settled()
  assert.deepEqual(rooms, ['trial'])
})

test('what the job itself throws is told once for the row, and stops no other', async () => {
  const { job, settled, failed } = jobOf([[1, 2].map((id) => ({ id, origin: 'a' }))], {
    perform: async ({ id }) => {
      if (id === 1) throw new Error('ours')
      return `done ${id}`
    },
  })
  const duty = dutyOf(job, quiet)
  await duty.turn(stop)
  await duty.settled()
  assert.deepEqual(failed, ['1: Error: ours'])
  assert.deepEqual(settled, [['done 2']])
})

test('SEC-22: a row that cannot be settled keeps no other of the same write from it', async () => {
  const settled: string[] = []
  const { job, failed } = jobOf([[1, 2, 3].map((id) => ({ id, origin: 'a' }))], {
    async settle(performed) {
      if (performed.some(({ row }) => row.id === 2)) throw new Error('ours')
      settled.push(...performed.map(({ outcome }) => outcome))
    },
  })
  const duty = dutyOf(job, quiet)
  await duty.turn(stop)
  await duty.settled()
  assert.deepEqual(settled, ['done 1', 'done 3'])
  assert.deepEqual(failed, ['2: Error: ours'])
})

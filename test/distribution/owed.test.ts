import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSuperseded, type Numbers, owed } from '../../src/distribution/owed.ts'

const numbers = fc
  .record({
    delivery: fc.constantFrom('latest' as const, 'every' as const),
    everyFrom: fc.integer({ min: 1, max: 30 }),
    newest: fc.integer({ min: 1, max: 30 }),
  })
  .filter(({ everyFrom, newest }) => everyFrom <= newest)

test('latest owes the newest; every owes each in turn, and of the time before it the last', () => {
  const latest: Numbers = { delivery: 'latest', everyFrom: 1, newest: 9 }
  assert.deepEqual(
    [0, 3, 8, 9].map((since) => owed(latest, since)),
    [9, 9, 9, null],
  )
  const every: Numbers = { delivery: 'every', everyFrom: 1, newest: 9 }
  assert.deepEqual(
    [0, 3, 8, 9].map((since) => owed(every, since)),
    [1, 4, 9, null],
  )
  const since7: Numbers = { delivery: 'every', everyFrom: 7, newest: 9 }
  assert.deepEqual(
    [0, 3, 5, 6, 8, 9].map((since) => owed(since7, since)),
    [6, 6, 6, 7, 9, null],
  )
})

test('whoever follows what is owed ends at the newest, misses no fact, and is sent nothing that another superseded', () => {
  fc.assert(
    fc.property(numbers, fc.nat(30), (topic, since) => {
      const sent: number[] = []
      for (let next = owed(topic, since); next !== null; next = owed(topic, next)) sent.push(next)
      if (since < topic.newest) assert.equal(sent.at(-1), topic.newest)
      assert.deepEqual(
        sent,
        sent.toSorted((some, other) => some - other),
      )
      assert.equal(
        sent.some((number) => isSuperseded(topic, number)),
        false,
      )
      for (let number = Math.max(since + 1, topic.everyFrom); number <= topic.newest; number++) {
        if (topic.delivery === 'every') assert.ok(sent.includes(number))
      }
    }),
  )
})

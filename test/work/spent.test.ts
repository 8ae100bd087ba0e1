import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSpent } from '../../src/work/spent.ts'

test('what was spent counts half after a minute, and whoever spent more waits until little enough of it counts', () => {
  let nowMs = 0
  const spent = createSpent(() => nowMs)
  spent.add('a', 4000)
  nowMs += 60_000
  spent.add('a', 2000)
  assert.equal(spent.of('a'), 4000)
  assert.equal(spent.untilBelow('a', 4000), 0)
  assert.equal(spent.untilBelow('a', 1000), 120_000)
  nowMs += 120_000
  assert.equal(spent.untilBelow('a', 1000), 0)
  assert.equal(spent.of('b'), 0)
})

test('of ever more owners, the one charged longest ago is forgotten', () => {
  const spent = createSpent(() => 0)
  spent.add('first', 1)
  spent.add('second', 1)
  for (let other = 2; other < 10_000; other++) spent.add(`${other}`, 1)
  spent.add('first', 1)
  spent.add('last', 1)
  assert.deepEqual([spent.of('first'), spent.of('second'), spent.of('last')], [2, 0, 1])
})

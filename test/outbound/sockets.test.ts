import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSocketBound, socketsMaxFromUlimit } from '../../src/outbound/sockets.ts'

test('SEC-10: a place is taken up to the bound, then in turn', () => {
  const bound = createSocketBound<string>(2)
  const granted: string[] = []
  assert.equal(bound.tryTake(), true)
  assert.equal(bound.tryTake(), true)
  assert.equal(bound.tryTake(), false)
  bound.wait({ key: 'a', grant: () => granted.push('first') })
  const leave = bound.wait({ key: 'b', grant: () => granted.push('second') })
  bound.wait({ key: 'c', grant: () => granted.push('third') })
  leave()
  bound.free()
  assert.equal(bound.tryTake(), false, 'nobody overtakes those who wait')
  bound.free()
  assert.deepEqual(granted, ['first', 'third'])
  assert.equal(bound.taken, 2)
})

test('SEC-10: an idle connection goes to the first who waits if it leads there, else it makes room', () => {
  const bound = createSocketBound<string>(1)
  const given: (string | undefined)[] = []
  assert.equal(bound.tryTake(), true)
  assert.equal(bound.offer('a', 'connection'), 'keep')
  bound.wait({ key: 'a', grant: (connection) => given.push(connection) })
  assert.equal(bound.offer('b', 'another'), 'close')
  assert.equal(bound.offer('a', 'connection'), 'given')
  assert.deepEqual(given, ['connection'])
})

test('SEC-10: the bound from the process’ own limit leaves room for what else is open', () => {
  const socketsMax = socketsMaxFromUlimit()
  assert.ok(Number.isInteger(socketsMax) && socketsMax >= 16)
})

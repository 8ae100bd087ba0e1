import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSocketBound, socketBudget } from '../../src/outbound/sockets.ts'

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

for (const [filesMax, streamsMax, inboundMax, outboundMax] of [
  [256, 2000, 64, 64],
  [1024, 2000, 256, 640],
  [20_000, 2000, 4096, 13_404],
  [20_000, 10_000, 5000, 12_500],
  [100_000, 10_000, 20_000, 67_500],
] as const) {
  test(`SEC-10: of ${filesMax} open files and for ${streamsMax} streams, clients get ${inboundMax}, outbound ${outboundMax}, and the hub keeps the rest`, () => {
    assert.deepEqual(socketBudget({ filesMax, streamsMax }), { inboundMax, outboundMax })
  })
}

test('SEC-10: the process’ own limit on open files is what is shared out', () => {
  const { inboundMax, outboundMax } = socketBudget({ streamsMax: 0 })
  assert.ok(inboundMax >= 1 && outboundMax >= 16)
})

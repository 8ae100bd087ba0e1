import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPartMemory } from '../../src/fragments/part-memory.ts'

test('SF-15: a part that took too long rests a minute, then twice as long each time, an hour at most', () => {
  let nowMs = 0
  const memory = createPartMemory(() => nowMs)
  const rests: number[] = []
  for (let time = 0; time < 8; time++) {
    assert.equal(memory.restsForMs('topic'), 0)
    rests.push(memory.gaveUp('topic').restMs / 60_000)
    assert.equal(memory.restsForMs('topic'), (rests.at(-1) ?? 0) * 60_000)
    nowMs += memory.restsForMs('topic')
  }
  assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60])
  memory.took('topic', 7)
  assert.equal(memory.tookMs('topic'), 7)
  assert.deepEqual(memory.gaveUp('topic'), { restMs: 60_000, times: 1 }, 'what was found meanwhile begins anew')
})

test('SF-15: of ever more parts, the one looked for longest ago is forgotten', () => {
  const memory = createPartMemory(() => 0)
  for (let part = 0; part <= 10_000; part++) memory.took(`${part}`, 1)
  assert.deepEqual([memory.tookMs('0'), memory.tookMs('1')], [null, 1])
})

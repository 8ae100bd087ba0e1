import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { createTurns } from '../../src/work/turns.ts'

test('acts of one key run in turn, others beside them, and no more than so many at once', async () => {
  const turns = createTurns(2)
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const take = (name: string) =>
    turns.take(name.slice(0, 1), () => {
      began.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const taken = ['a1', 'a2', 'b1', 'c1', 'a3'].map(take)
  const isBegun = async (...names: string[]) => {
    await turnOfTheLoop()
    assert.deepEqual(began, names)
  }
  await isBegun('a1', 'b1')
  ends.get('a1')?.()
  await isBegun('a1', 'b1', 'c1')
  ends.get('c1')?.()
  await isBegun('a1', 'b1', 'c1', 'a2')
  ends.get('b1')?.()
  await isBegun('a1', 'b1', 'c1', 'a2')
  ends.get('a2')?.()
  await isBegun('a1', 'b1', 'c1', 'a2', 'a3')
  ends.get('a3')?.()
  assert.deepEqual(await Promise.all(taken), ['a1', 'a2', 'b1', 'c1', 'a3'])
})

test('an act that fails is told to whoever asked for it, and the next has its turn', async () => {
  const turns = createTurns(1)
  const failing = turns.take('a', () => Promise.reject(new Error('no')))
  const after = turns.take('a', async () => 'yes')
  await assert.rejects(failing, /no/)
  assert.equal(await after, 'yes')
})

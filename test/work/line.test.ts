import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLine, type Owned } from '../../src/work/line.ts'

interface Item extends Owned {
  readonly name: string
}

test('whoever took least time comes first, and what is of one owner as it came', () => {
  const { line, spend } = lineOf(10)
  for (const name of ['a1', 'a2', 'b1', 'c1']) line.join(item(name))
  spend('a', 5)
  spend('b', 1)
  assert.deepEqual(takenAll(line), ['c1', 'b1', 'a1', 'a2'])
})

test('what was charged while others waited counts at the next turn', () => {
  const { line, spend } = lineOf(10)
  for (const name of ['a1', 'a2', 'b1', 'b2']) line.join(item(name))
  assert.equal(line.next()?.name, 'a1')
  spend('a', 5)
  assert.equal(line.next()?.name, 'b1')
  spend('b', 9)
  assert.deepEqual(takenAll(line), ['a2', 'b2'])
})

test('a lower rank comes first, whatever its owner took', () => {
  const { line, spend } = lineOf(10)
  line.join({ ...item('a1'), rank: 1 })
  line.join(item('b1'))
  spend('b', 5)
  assert.deepEqual(takenAll(line), ['b1', 'a1'])
})

test('where the line is full, the last of who has most waiting leaves it, and not who has less', () => {
  const { line, spend } = lineOf(3)
  for (const name of ['a1', 'a2', 'b1']) assert.equal(line.join(item(name)), null)
  assert.equal(line.join(item('a3'))?.name, 'a3')
  assert.equal(line.join(item('c1'))?.name, 'a2')
  spend('b', 5)
  assert.equal(line.join(item('d1'))?.name, 'b1', 'among equals, of who took most')
  assert.deepEqual(takenAll(line), ['a1', 'c1', 'd1'])
})

function lineOf(waitingMax: number) {
  const spent = new Map<string, number>()
  const line = createLine<Item>(waitingMax, { of: (owner) => spent.get(owner) ?? 0 })
  return { line, spend: (owner: string, ms: number) => void spent.set(owner, ms) }
}

/** Of the owner that its first letter names. */
function item(name: string): Item {
  return { name, owner: name.slice(0, 1), rank: 0 }
}

function takenAll(line: ReturnType<typeof createLine<Item>>): readonly string[] {
  const names: string[] = []
  for (let next = line.next(); next !== null; next = line.next()) names.push(next.name)
  return names
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGather } from '../../src/work/gather.ts'

test('what is added while a write runs goes into the next one together', async () => {
  const writes: number[][] = []
  const first = Promise.withResolvers<void>()
  const gather = createGather<number>(async (items) => {
    writes.push([...items])
    if (writes.length === 1) await first.promise
  })
  const added = [gather.add(1)]
  while (writes.length === 0) await new Promise(setImmediate)
  added.push(gather.add(2), gather.add(3))
  first.resolve()
  await Promise.all(added)
  assert.deepEqual(writes, [[1], [2, 3]])
})

test('a write takes no more than its bound, and a failed one fails its own items alone', async () => {
  const gather = createGather<number>(
    async (items) => {
      assert.ok(items.length <= 2)
      if (items.includes(1)) throw new Error('refused')
    },
    { itemsMax: 2 },
  )
  const settled = await Promise.allSettled([1, 2, 3, 4].map((item) => gather.add(item)))
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

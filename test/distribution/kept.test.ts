import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKept } from '../../src/distribution/kept.ts'

function keeping({ bytesMax = 100, countMax = 100 } = {}) {
  const made: string[] = []
  const kept = createKept<string | null>({ bytesMax, countMax, bytesOf: (value) => value?.length ?? null })
  const get = (key: string, value: string | null = key) =>
    kept.get(key, async () => {
      made.push(key)
      return value
    })
  return { kept, get, made }
}

test('what many ask for at once is made once, and then it is there', async () => {
  const { kept, get, made } = keeping()
  const asked = [get('a'), get('a')]
  assert.equal(kept.has('a'), false)
  assert.deepEqual(await Promise.all(asked), ['a', 'a'])
  assert.equal(kept.has('a'), true)
  assert.deepEqual(made, ['a'])
})

test('the oldest goes first, by bytes and by count', async () => {
  for (const bounds of [{ bytesMax: 3 }, { countMax: 1 }]) {
    const { kept, get } = keeping(bounds)
    for (const key of ['aa', 'bb']) await get(key)
    assert.deepEqual([kept.has('aa'), kept.has('bb')], [false, true])
  }
})

test('what is larger than all there is room for is kept until something else comes', async () => {
  const { kept, get } = keeping({ bytesMax: 3 })
  await get('aaaaa')
  assert.equal(kept.has('aaaaa'), true)
  await get('b')
  assert.deepEqual([kept.has('aaaaa'), kept.has('b')], [false, true])
})

test('what is not worth keeping, and what failed, is made again', async () => {
  const { kept, get, made } = keeping()
  await get('null', null)
  await get('null', null)
  assert.deepEqual(made, ['null', 'null'])
  const failing = kept.get('fails', () => Promise.reject(new Error('No database')))
  await assert.rejects(failing)
  assert.equal(await get('fails'), 'fails')
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createGathering } from '../src/gathering.ts'

const kib = 1024
const mib = 1024 ** 2

test('what is gathered is what came, in chunks of whatever lengths', () => {
  for (const [bytesMax, ...lengths] of [
    [10],
    [10, 0],
    [10, 10],
    [10, 0, 3, 0, 7],
    [64 * kib, 64 * kib - 1, 1],
    [64 * kib + 1, 1, 64 * kib],
    [3 * mib, 64 * kib, 1, 64 * kib, mib, mib, 1],
    [3 * mib, 2 * mib, mib],
  ] as const) {
    const chunks = lengths.map((length) => randomBytes(length))
    const gathering = createGathering(bytesMax)
    for (const chunk of chunks) gathering.add(chunk)
    const all = Buffer.concat(chunks)
    assert.deepEqual([gathering.bytes, gathering.whole().equals(all)], [all.length, true], String(lengths))
  }
})

test('the chunks stay as they were, and one that came alone is not copied', () => {
  const gathering = createGathering(10)
  const alone = Buffer.from('alone...').subarray(0, 5)
  gathering.add(alone)
  assert.equal(gathering.whole().buffer, alone.buffer)
  gathering.add(Buffer.from('x'))
  assert.deepEqual(
    [String(gathering.whole()), String(Buffer.from(alone.buffer, alone.byteOffset, 8))],
    ['alonex', 'alone...'],
  )
})

test('more than was said is our own mistake', () => {
  const gathering = createGathering(10)
  gathering.add(Buffer.alloc(10))
  assert.throws(() => gathering.add(Buffer.alloc(1)), RangeError)
  assert.equal(gathering.whole().length, 10)
})

test('many chunks are not in memory a second time once they are one', () => {
  const before = process.memoryUsage().rss
  const gathering = createGathering(128 * mib)
  const chunk = randomBytes(64 * kib)
  for (let bytes = 0; bytes < 96 * mib; bytes += chunk.length) gathering.add(chunk)
  assert.equal(gathering.whole().length, 96 * mib)
  const grown = process.resourceUsage().maxRSS * kib - before
  assert.ok(grown < 112 * mib, `96 MiB took ${Math.round(grown / mib)} MiB`)
})

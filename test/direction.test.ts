import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { test } from 'node:test'

/** The rooms, from the roof down: whoever stands above may import what stands below, never the other way, not even a type. */
const floors: readonly (readonly string[])[] = [
  ['main.ts'],
  ['commands'],
  ['start', 'listen'],
  ['hub.ts'],
  ['inbound', 'prune.ts', 'telemetry'],
  ['streams', 'superfeedr'],
  ['publishing'],
  ['distribution'],
  ['subscribing'],
  ['topic-policy.ts'],
  ['fragments'],
  ['feeds', 'keys'],
  ['discovery', 'outbound'],
  ['db'],
  ['work'],
  [
    'url-rules.ts',
    'url-key.ts',
    'retry-after.ts',
    'form.ts',
    'content-coding.ts',
    'gathering.ts',
    'events.ts',
    'config.ts',
  ],
  ['refusal.ts', 'units.ts', 'world.ts'],
]

const files = globSync('src/**/*.ts')

test('every file of src stands in a room of the plan', () => {
  assert.deepEqual(
    files.filter((file) => floorOf(file) === -1),
    [],
  )
})

test('nothing imports upward, or across from one room to another on its floor', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => roomOf(imported) !== roomOf(file) && floorOf(imported) <= floorOf(file) && !isLeaf(file))
      .map((imported) => `${file} imports ${imported}`),
  )
  assert.deepEqual(wrong, [])
})

test('no file is reached again by what it imports', () => {
  assert.deepEqual(
    files.filter((file) => reachedFrom(file).has(file)),
    [],
  )
})

test('outbound is known to those alone who make the World', () => {
  const knowing = files.filter((file) => importsOf(file).some((imported) => roomOf(imported) === 'outbound'))
  assert.deepEqual([...new Set(knowing.map(roomOf))].sort(), ['outbound', 'start'])
})

/** The root leaves may know each other. */
function isLeaf(file: string): boolean {
  return floorOf(file) >= floors.length - 2
}

function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  )
}

function reachedFrom(file: string, reached: Set<string> = new Set()): Set<string> {
  for (const imported of importsOf(file)) {
    if (reached.has(imported)) continue
    reached.add(imported)
    reachedFrom(imported, reached)
  }
  return reached
}

function roomOf(file: string): string {
  return file.split(sep)[1] ?? ''
}

function floorOf(file: string): number {
  return floors.findIndex((rooms) => rooms.includes(roomOf(file)))
}

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const files = globSync('conformance/**/*.ts')

test('the suite imports nothing but Node and itself: it sees no hub from the inside', () => {
  const foreign = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => !path.startsWith('node:') && !path.startsWith('conformance/'))
      .map((path) => `${file} imports ${path}`),
  )
  assert.deepEqual(foreign, [])
})

test('no file of the suite imports itself, not even a type, however far around', () => {
  const leadNowhere = new Set<string>()
  function circleFrom(file: string, path: readonly string[]): string | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ')
    if (leadNowhere.has(file)) return undefined
    leadNowhere.add(file)
    return importsOf(file)
      .filter((next) => files.includes(next))
      .map((next) => circleFrom(next, [...path, file]))
      .find((circle) => circle !== undefined)
  }
  const circles = files.map((file) => circleFrom(file, []))
  assert.deepEqual(
    circles.filter((circle) => circle !== undefined),
    [],
  )
})

/** `node:…` as it is, a file's own by its path from the project's folder. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export|\}) .*from '(.+)'$/gm)].map(([, path = '']) =>
    path.startsWith('.') ? normalize(join(dirname(file), path)) : path,
  )
}

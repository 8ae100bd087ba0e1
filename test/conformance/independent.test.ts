import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

test('the suite imports nothing but Node and itself: it sees no hub from the inside', () => {
  const foreign = globSync('conformance/**/*.ts').flatMap((file) =>
    importsOf(file)
      .filter((path) => !path.startsWith('node:') && !normalize(join(dirname(file), path)).startsWith('conformance/'))
      .map((path) => `${file} imports ${path}`),
  )
  assert.deepEqual(foreign, [])
})

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, path = '']) => path)
}

import { globSync, readFileSync } from 'node:fs'

/** A row of the requirement matrix. */
export interface Requirement {
  readonly id: string
  readonly level: string
  readonly requirement: string
}

/** Which row is named by which tests. `node test/requirements.ts` prints it. */
export function coverage(): {
  readonly rows: readonly Requirement[]
  /** By id, the names of the tests that carry it. */
  readonly tests: ReadonlyMap<string, readonly string[]>
} {
  const rows: readonly Requirement[] = JSON.parse(
    readFileSync(new URL('./fixtures/requirements.json', import.meta.url), 'utf8'),
  )
  const tests = new Map<string, string[]>()
  for (const name of testNames()) {
    for (const id of new Set(name.match(/\b[A-Z]{2,6}-\d\d\b/g))) tests.set(id, [...(tests.get(id) ?? []), name])
  }
  return { rows, tests }
}

/** The rows this hub has to keep now: those of `families`, but for what is optional. */
export function isOwed({ id, level }: Requirement): boolean {
  const [family = '', number = ''] = id.split('-')
  if (family === 'SF') return superfeedrRows.has(Number(number))
  if (/^(MAY|ext)/.test(level) && !builtExtensions.has(family)) return false
  return family === 'SEC' ? securityRows.has(Number(number)) : families.has(family)
}

const families: ReadonlySet<string> = new Set([
  ...['SUB', 'VAL', 'VER', 'DEN', 'UNS', 'LEASE', 'PUB', 'FETCH', 'MIG', 'DISC', 'DIST', 'SIG', 'RETRY'],
  ...['PSH', 'PEER', 'FAT', 'DIFF'],
])
/** Optional by the matrix, and part of this hub: content handed over. */
const builtExtensions: ReadonlySet<string> = new Set(['FAT'])
/** Of Superfeedr's ways those that its former users need; the others are not offered. */
const superfeedrRows: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 19])
const securityRows: ReadonlySet<number> = new Set([1, 2, 3, 5, 6, 7, 10, 11, 12, 13, 16, 17, 18, 20, 21, 22, 24])

/** The first string after `test(`, which may be a template: what varies in it carries no id. */
function testNames(): readonly string[] {
  const folder = new URL('..', import.meta.url)
  return globSync('test/**/*.test.ts', { cwd: folder }).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const literal = [...text.matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, , name = '']) => name)
    // A table's own rows may carry the ids: `for (const [row, …] of [['VER-12', …]])`.
    const tabled = [...text.matchAll(/^\s*\['((?:[A-Z]{2,6}-\d\d ?)+)',/gm)].map(([, ids = '']) => ids)
    return [...literal, ...tabled]
  })
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { rows, tests } = coverage()
  const owed = rows.filter(isOwed)
  const untested = owed.filter(({ id }) => !tests.has(id))
  console.log(`${owed.length - untested.length} of ${owed.length} rows have a test.\n\nWith a test:`)
  console.log(
    owed
      .filter(({ id }) => tests.has(id))
      .map(({ id }) => `${id} (${tests.get(id)?.length})`)
      .join(', '),
  )
  console.log(
    `\nBeyond them: ${rows
      .filter((row) => !isOwed(row) && tests.has(row.id))
      .map(({ id }) => id)
      .join(', ')}`,
  )
  console.log('\nWithout one:')
  for (const { id, level, requirement } of untested) console.log(`  ${id.padEnd(9)} ${level.padEnd(10)} ${requirement}`)
}

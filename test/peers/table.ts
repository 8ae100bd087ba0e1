import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { text } from 'node:stream/consumers'

interface Row {
  readonly name: string
  readonly kept: 'yes' | '**no**' | 'skipped'
  readonly said: string
}

/**
 * Runs the tests of this folder and prints the table of peers, a row a test: the requirement's rows, the client and what it
 * demands, whether the hub kept to it, and what was said to and fro. `node test/peers/table.ts` from the root of the project.
 */
const files = globSync('test/peers/*.test.ts').sort()
const tests = spawn(process.execPath, ['test/run.ts', '--test-reporter=tap', ...files], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
tests.on('exit', (code) => {
  process.exitCode = code ?? 1
})
console.log('| rows | client, and what it demands | kept | what was said |\n|---|---|---|---|')
for (const row of rowsOf((await text(tests.stdout)).split('\n'))) console.log(line(row))

/** In TAP, what a test told follows its result; after the plan come figures about them all. */
function rowsOf(lines: readonly string[]): readonly Row[] {
  const rows: Row[] = []
  const plan = lines.findLastIndex((each) => /^1\.\.\d+$/.test(each))
  for (const each of lines.slice(0, plan)) {
    const [, not, name = '', skipped] = /^(not )?ok \d+ - (.*?)(?: # SKIP(?: (.*))?)?$/.exec(each) ?? []
    const told = /^# (?!Subtest: )(.*)$/.exec(each)?.[1]
    const last = rows.at(-1)
    if (name !== '') rows.push({ name, kept: keptOf(not, skipped), said: skipped ?? '' })
    else if (told !== undefined && last !== undefined) rows[rows.length - 1] = { ...last, said: told }
  }
  return rows
}

function keptOf(not: string | undefined, skipped: string | undefined): Row['kept'] {
  if (skipped !== undefined) return 'skipped'
  return not === undefined ? 'yes' : '**no**'
}

function line({ name, kept, said }: Row): string {
  const [, ids = '', demand = name] = /^([A-Z\d -]+): (.*)$/.exec(name) ?? []
  return `| ${ids} | ${demand} | ${kept} | ${said} |`
}

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../conformance/report/report.ts'

const main = fileURLToPath(new URL('../../conformance/main.ts', import.meta.url))

/** What this hub does not offer, or the suite is not told: nothing else may be skipped. */
const explained = [
  /^it knows no wildcards/,
  /^its fetches allow no gzip/,
  /^needs --pings-per-second:/, // A flood of 400 pings a second would be refused to the claims beside it.
  /^needs --fetch-retry-within:/, // It comes half a minute later.
  /^needs --moved-alias:/, // Hubs that share subscriptions share a database, and here each has its own.
]

describe('this hub, started as anyone would start it', { concurrency: 2, timeout: 600_000 }, () => {
  test('fails no claim of any level, and skips only what is explained', async (t) => {
    const { report, told } = await run(t, ['--profile', 'all', '--strict'])
    assert.deepEqual(unless(report, ['pass', 'observed', 'skipped']), [], told)
    const skipped = report.claims.flatMap(({ verdict, name, note }) =>
      verdict === 'skipped' ? [[name, note ?? '']] : [],
    )
    assert.deepEqual(
      skipped.filter(([, note = '']) => !explained.some((reason) => reason.test(note))),
      [],
    )
    assert.equal(report.passed, true)
  })

  test("passes the W3C's seven tests", async (t) => {
    const { report, told } = await run(t, ['--profile', 'w3c'])
    assert.equal(report.totals.pass, 7, told)
    assert.deepEqual(unless(report, ['pass']), [])
  })
})

function unless({ claims }: Report, verdicts: readonly string[]): readonly string[] {
  return claims.filter(({ verdict }) => !verdicts.includes(verdict)).map(({ name, verdict }) => `${name}: ${verdict}`)
}

async function run(
  t: TestContext,
  words: readonly string[],
): Promise<{ readonly report: Report; readonly told: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'own-hub-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.json')
  const told = await new Promise<string>((resolve) => {
    execFile(process.execPath, [main, ...words, '--report', file], { maxBuffer: 64 * 1024 ** 2 }, (_, stdout, stderr) =>
      resolve(`${stderr}${stdout}`),
    )
  })
  return { report: JSON.parse(readFileSync(file, 'utf8')), told }
}

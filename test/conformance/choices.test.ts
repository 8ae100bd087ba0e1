import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadClaims } from '../../conformance/claims.ts'
import type { quickSettings } from '../../conformance/faulty-hub/settings.ts'
import { openCommon, startQuickStage } from '../../conformance/faulty-hub/stage.ts'
import { runClaims } from '../../conformance/run.ts'

const claims = await loadClaims()
const common = await openCommon(8)

after(() => common.close())

/** What became of these claims at a hub that is set so and has no fault: their verdicts, with what was noted. */
async function verdictsAt(
  settings: Partial<typeof quickSettings>,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const { stage, close } = await startQuickStage([], common, settings)
  try {
    const chosen = claims.filter(({ name }) => names.some((start) => name.startsWith(start)))
    const results = await runClaims(stage, { claims, chosen, atOnce: 32 })
    return Object.fromEntries(results.map(({ claim: { name }, verdict }) => [name, noted(verdict)]))
  } finally {
    await close()
  }
}

function noted(verdict: Awaited<ReturnType<typeof runClaims>>[number]['verdict']): string {
  if (verdict.kind === 'observed') return verdict.what
  if (verdict.kind === 'fail') return `fail: expected ${verdict.expected}; found ${verdict.found}`
  return verdict.kind === 'skipped' ? `skipped: ${verdict.reason}` : verdict.kind
}

function failures(verdicts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(verdicts).flatMap(([name, told]) => (/^(fail|broken)/.test(told) ? [`${name} ${told}`] : []))
}

test('a hub that asks again by itself before a lease ends fails nothing, and is seen to do so', async () => {
  const verdicts = await verdictsAt({ reconfirms: true }, ['lease/', 'verification/lease-counts-from-the-request'])
  assert.deepEqual(failures(verdicts), [])
  assert.equal(verdicts['lease/ends'], 'pass')
  assert.equal(verdicts['verification/lease-counts-from-the-request'], 'pass')
  assert.match(verdicts['lease/may-be-renewed-by-the-hub'] ?? '', /asked for is verified again before its end/)
})

test('a hub that gathers pings for longer than a short lease runs fails nothing', async () => {
  const verdicts = await verdictsAt({ fetchRestMs: 900 }, ['lease/lasts'])
  assert.deepEqual(failures(verdicts), [])
  assert.match(verdicts['lease/lasts'] ?? '', /^skipped: it delivers .* s after a ping/)
})

test('a hub that denies subscriptions whose topic has left fails nothing, and is seen to do so', async () => {
  const verdicts = await verdictsAt({ leavers: 'denied' }, ['redirects/topic-'])
  assert.deepEqual(failures(verdicts), [])
  assert.match(verdicts['redirects/topic-may-leave'] ?? '', /^it cancels by a denial/)
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadClaims } from '../../conformance/claims.ts'
import type { FaultName } from '../../conformance/faulty-hub/faults.ts'
import { openCommon, startQuickStage } from '../../conformance/faulty-hub/stage.ts'
import { chooseClaims } from '../../conformance/profiles.ts'
import { runClaims } from '../../conformance/run.ts'

const claims = chooseClaims(await loadClaims(), { profile: 'w3c', only: [] })
const common = await openCommon(8)

after(() => common.close())

const all = ['100', '101', '102', '103', '104', '105', '106']

/** What the W3C's application sees of a fault, and what it does not. */
const seen: readonly (readonly [fault: FaultName | undefined, tests: readonly string[]])[] = [
  [undefined, []],
  ['answers-200', all],
  ['two-link-lines', []],
  ['no-hub-link', all],
  ['no-self-link', all],
  ['ping-by-hub-url-alone', all],
  ['publish-answers-200', []],
  ['no-lease-in-verification', all],
  ['trims-body', []],
  ['strips-content-type-parameters', ['100', '101', '102', '103', '104', '105']],
  ['refuses-secrets', ['101']],
  ['never-signs', ['101']],
  ['upper-case-hex', ['101']],
  ['refuses-unknown-parameters', ['102']],
  ['repeat-adds-a-subscription', ['103']],
  ['unsubscribe-changes-nothing', ['104']],
]

for (const [fault, tests] of seen) {
  test(`PEER-01: the W3C's tests ${tests.join(', ') || 'all'} ${tests.length > 0 ? 'fail' : 'pass'} with ${fault ?? 'no fault'}`, async () => {
    const { stage, close } = await startQuickStage(fault === undefined ? [] : [fault], common)
    const quick = { ...stage, timing: { ...stage.timing, verifyMs: 1500, deliveryMs: 1500 } }
    const results = await runClaims(quick, { claims, chosen: claims, atOnce: 8 }).finally(close)
    const failed = results.filter(({ verdict }) => verdict.kind !== 'pass')
    assert.deepEqual(
      failed.map(({ claim }) => claim.section.replace('test ', '')),
      tests,
    )
  })
}

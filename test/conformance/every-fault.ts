import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { NamedClaim } from '../../conformance/claim.ts'
import { loadClaims, sectionOf } from '../../conformance/claims.ts'
import { type FaultName, faults } from '../../conformance/faulty-hub/faults.ts'
import { openCommon, startQuickStage } from '../../conformance/faulty-hub/stage.ts'
import { chooseClaims } from '../../conformance/profiles.ts'
import { type Result, runClaims } from '../../conformance/run.ts'

/** The W3C's own tests repeat what others claim: they are tried by themselves. */
const claims = chooseClaims(await loadClaims(), { profile: 'all', only: [] })
const common = await openCommon(8)

after(() => common.close())

/** What a hub without a fault shows. */
export function testFaultless(): void {
  test('a hub without a fault passes every claim, or the claim says why it was skipped', async () => {
    const results = await resultsWith([], claims)
    assert.deepEqual(
      results.filter(({ verdict }) => verdict.kind === 'fail' || verdict.kind === 'broken').map(told),
      [],
    )
  })
}

/** `npm run test:faults` tries every fault with every claim, which takes minutes; `npm test` a sample of both. */
const isWhole = process.env.FAULTS === 'whole'
const sampledFault = 24

/**
 * The claims a fault is tried with: all, or of the sample those of the groups it is meant for, whatever these presuppose, and of
 * all others every twentieth, another for each fault.
 */
function claimsFor(fails: readonly string[], at: number): readonly NamedClaim[] {
  if (isWhole) return claims
  const groups = new Set(fails.map((name) => sectionOf({ name })))
  return claims.filter((claim, number) => groups.has(sectionOf(claim)) || number % 20 === at % 20)
}

/** Every `of`-th fault, from the one numbered `part` on: the parts run in processes of their own, side by side. */
export function testFaults({ part, of }: { readonly part: number; readonly of: number }): void {
  const mine = Object.entries(faults)
    .map(([name, fault], at) => ({ name, ...fault, at }))
    .filter(({ at }) => (isWhole ? at : at / sampledFault) % of === part)
  describe('a fault is noticed by the claims meant for it, and by no others:', {
    concurrency: isWhole ? 12 : 3,
    timeout: 3_600_000,
  }, () => {
    for (const { name, does, fails, at } of mine) {
      test(`${name}: ${does}`, { timeout: 600_000 }, async () => {
        const failed = await failedWith(name as FaultName, claimsFor(fails, at))
        const names = failed.map(({ claim }) => claim.name).sort()
        assert.deepEqual(names, [...fails].sort(), `these failed:\n${failed.map(told).join('\n')}`)
      })
    }
  })
}

async function failedWith(fault: FaultName, chosen: readonly NamedClaim[]): Promise<readonly Result[]> {
  const results = await resultsWith([fault], chosen)
  return results.filter(({ verdict }) => verdict.kind === 'fail' || verdict.kind === 'broken')
}

async function resultsWith(names: readonly FaultName[], chosen: readonly NamedClaim[]): Promise<readonly Result[]> {
  const { stage, close } = await startQuickStage(names, common)
  try {
    return await runClaims(stage, { claims, chosen, atOnce: 32 })
  } finally {
    await close()
  }
}

function told({ claim, verdict }: Result): string {
  if (verdict.kind === 'fail') return `${claim.name}: expected ${verdict.expected}; found ${verdict.found}`
  return `${claim.name}: ${verdict.kind === 'broken' ? verdict.why : verdict.kind}`
}

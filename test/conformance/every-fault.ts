import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { NamedClaim } from '../../conformance/claim.ts'
import { loadClaims, sectionOf } from '../../conformance/claims.ts'
import { createClient } from '../../conformance/client.ts'
import { type FaultName, faults } from '../../conformance/faulty-hub/faults.ts'
import { startQuickStage } from '../../conformance/faulty-hub/stage.ts'
import { chooseClaims } from '../../conformance/profiles.ts'
import { type Result, runClaims } from '../../conformance/run.ts'
import { sitesInTurn } from '../../conformance/sites.ts'

/** The W3C's own tests repeat what others claim: they are tried by themselves. */
const claims = chooseClaims(await loadClaims(), { profile: 'all', only: [] })
const sites = await sitesInTurn(64)
const client = createClient()

after(async () => {
  client.close()
  await sites.close()
})

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
const sampledFault = 8

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
    concurrency: isWhole ? 5 : 2,
    timeout: 600_000,
  }, () => {
    for (const { name, does, fails, at } of mine) {
      test(`${name}: ${does}`, async () => {
        const asMeant = [...fails].sort()
        const tried = () => failedWith(name as FaultName, claimsFor(fails, at))
        const failed = await tried()
        const names = (results: readonly Result[]) => results.map(({ claim }) => claim.name).sort()
        if (names(failed).join() === asMeant.join()) return
        // Time is the point of some claims, and a machine that stalled for a second tells nothing: once more decides.
        const again = await tried()
        assert.deepEqual(names(again), asMeant, `these failed:\n${again.map(told).join('\n')}`)
      })
    }
  })
}

async function failedWith(fault: FaultName, chosen: readonly NamedClaim[]): Promise<readonly Result[]> {
  const results = await resultsWith([fault], chosen)
  return results.filter(({ verdict }) => verdict.kind === 'fail' || verdict.kind === 'broken')
}

async function resultsWith(names: readonly FaultName[], chosen: readonly NamedClaim[]): Promise<readonly Result[]> {
  const { stage, close } = await startQuickStage(names, { sites, client })
  try {
    return await runClaims(stage, { claims, chosen, atOnce: 64 })
  } finally {
    await close()
  }
}

function told({ claim, verdict }: Result): string {
  if (verdict.kind === 'fail') return `${claim.name}: expected ${verdict.expected}; found ${verdict.found}`
  return `${claim.name}: ${verdict.kind === 'broken' ? verdict.why : verdict.kind}`
}

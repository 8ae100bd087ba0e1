import { sql } from 'kysely'
import type { Duty } from '../work/job.ts'
import { leasesRenewed } from './lease.ts'
import type { SubscribingParts } from './parts.ts'
import { beginRenewals } from './subscription-store.ts'
import { renewTrusted } from './trusted-store.ts'

/** Leases of one statement. */
const renewalsMax = 200

/**
 * Verifies again before a lease ends that the hub chose itself (design §4): the verification is the verify job's. What a
 * key's owner subscribed unasked is renewed unasked.
 */
export function renewDuty({ db, config, world, bell }: SubscribingParts): Duty {
  return {
    name: 'renew',
    earliestDue: () => sql`select min(renew_at) from subscription`,
    async turn(stop) {
      if (stop.aborted) return false
      const want = { now: world.now(), limit: renewalsMax, renewed: leasesRenewed(config) }
      const trusted = await renewTrusted(db, { ...want, random: world.random })
      const begun = await beginRenewals(db, want)
      if (begun > 0) bell.ring('verify')
      return trusted === renewalsMax || begun === renewalsMax
    },
    settled: async () => {},
  }
}

import { sql } from 'kysely'
import { setAside } from '../db/parking.ts'
import type { Job } from '../work/job.ts'
import { denialQuery, judgeDenial } from './denial.ts'
import { type ClaimedDenial, claimDenials, settleDenials } from './denial-store.ts'
import type { SubscribingParts } from './parts.ts'
import { claimFor } from './verify.ts'

/** A server that is down is told a few times more (DEN-08). */
const delaysMs: readonly number[] = [30_000, 120_000, 600_000]
const answerBytesMax = 1024

/** Tells subscribers that the hub refuses, or has cancelled (§5.2). What they answer changes nothing (DEN-11). */
export function denyJob(parts: SubscribingParts): Job<ClaimedDenial, ReturnType<typeof judgeDenial>> {
  const { db, config, world, events } = parts
  return {
    name: 'deny',
    atOnce: 64,
    perOriginAtOnce: 8,
    earliestDue: () => sql`select min(due_at) from denial where parked_at is null`,
    claim: (want) => claimDenials(db, { ...want, ...claimFor(config.VERIFY_TIMEOUT, world.now()) }),
    originOf: ({ origin }) => origin,
    async perform({ topic, callback, reason }, stop) {
      const answer = await world.send(
        {
          purpose: 'deny',
          method: 'GET',
          url: callback,
          addedQuery: denialQuery(topic, reason),
          headers: {},
          timeoutMs: config.VERIFY_TIMEOUT,
          bodyBytesMax: answerBytesMax,
          overflow: 'cut',
          redirectsMax: 0,
        },
        stop,
      )
      return judgeDenial(answer)
    },
    async settle(performed) {
      const now = world.now()
      const settled = performed.map(({ row, outcome }) => ({ row, againAt: againAt(row, outcome, now) }))
      await settleDenials(db, settled)
      for (const { row, outcome } of performed) {
        const { topic, origin: callbackOrigin, reason } = row
        if (outcome !== 'stopped') events.denied({ topic, callbackOrigin, reason, told: outcome === 'told' })
      }
    },
    failed: (row, error) => setAside(parts, 'denial', { row, error }),
  }
}

function againAt({ attempt }: ClaimedDenial, outcome: ReturnType<typeof judgeDenial>, now: Date): Date | null {
  if (outcome === 'stopped') return now
  const delayMs = outcome === 'again' ? delaysMs[attempt - 1] : undefined
  return delayMs === undefined ? null : new Date(now.getTime() + delayMs)
}

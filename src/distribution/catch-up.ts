import { sql } from 'kysely'
import type { Duty } from '../work/job.ts'
import { createLowerBound } from '../work/lower-bound.ts'
import { type ClaimedBacklog, claimBacklog } from './backlog-store.ts'
import { probeWaitMsFirst } from './breaker.ts'
import { settleStraggler } from './broadcast.ts'
import type { Subscriber } from './broadcast-store.ts'
import { type DeliveryOptions, deliver, qualityOf, type Sending, type Tried } from './delivery.ts'
import type { Errand } from './dispatch.ts'
import { createFreshness, type Freshness } from './freshness.ts'
import { owed } from './owed.ts'
import { claimMs } from './parts.ts'
import type { Owing } from './settlement.ts'

/** Rows of one origin in one claim: about a small window, so that what is claimed can begin within a second. */
const perOriginMax = 16
const originsMax = 64
/** A claimed row that could not begin is due again after this. */
const notBegunMs = 1000

/** The duty that brings subscriptions that are behind up to the newest number there is when they are sent to. */
export function catchUpDuty(sending: Sending, room: () => Promise<void>): Duty {
  const { parts, dispatch, ledger } = sending
  const { db, world, config } = parts
  const dues = createLowerBound<Date>(world.monotonicMs)
  return {
    name: 'catch-up',
    earliestDue: () => sql`select min(due_at) from origin`,
    async turn(stop) {
      while (dispatch.waiting('backlog') >= config.IN_FLIGHT_MAX && !stop.aborted) await room()
      if (stop.aborted) return false
      const nowMs = world.monotonicMs()
      const now = world.now()
      const { claimed, lowestDue } = await claimBacklog(db, {
        now,
        until: new Date(now.getTime() + claimMs(config)),
        token: crypto.randomUUID(),
        originsMax,
        perOriginMax,
        busyOrigins: dispatch.fullOrigins(),
        dueFrom: dues.get(),
        probeMs: probeWaitMsFirst,
      })
      if (lowestDue !== null) dues.claimed(lowestDue)
      const freshness = createFreshness(parts, claimed)
      for (const row of claimed) {
        const errand = errandOf(sending, row, { claimedUntilMs: nowMs + claimMs(config), freshness })
        if (errand !== null) dispatch.add(errand)
      }
      return claimed.length > 0
    },
    async settled() {
      await dispatch.idle()
      await ledger.written()
    },
  }
}

/** What all rows of one claim share. */
interface Claimed {
  /** Monotonic: when the claim lapses. */
  readonly claimedUntilMs: number
  readonly freshness: Freshness
}

/** Null: there is nothing to send, and that is settled. */
function errandOf(sending: Sending, row: ClaimedBacklog, claim: Claimed): Errand | null {
  const { parts, ledger } = sending
  const { subscriber, numbers, since } = row
  const number = owed(numbers, since)
  const owing = owingOf(row, number ?? row.number)
  if (subscriber === null || number === null) {
    ledger.add({ kind: 'lapsed', owing }, null)
    return null
  }
  return {
    origin: row.origin,
    lane: 'backlog',
    ailing: owing.failures > 0,
    async begin(stop) {
      const tried = await begin(sending, subscriber, owing, { stop, replay: row.replay, ...claim }).catch(
        (error: unknown): Tried => {
          parts.events.dutyFailed({ duty: 'catch-up', error })
          return { kind: 'stopped' }
        },
      )
      settleStraggler(sending, owing, tried)
      const quality = qualityOf(tried, { ...owing, ...subscriber })
      if (quality?.failed === true && row.probeWaitMs !== null) ledger.probeFailed(row.origin, row.probeWaitMs)
      return quality
    },
    straggles() {
      // Its row is claimed already; only the slot is given back.
    },
    cannotBegin() {
      ledger.add({ kind: 'not begun', owing, inMs: notBegunMs }, null)
    },
  }
}

async function begin(
  sending: Sending,
  claimedAs: Subscriber,
  owing: Owing,
  { stop, replay, claimedUntilMs, freshness }: Claimed & Pick<DeliveryOptions, 'stop' | 'replay'>,
): Promise<Tried> {
  const { world, config } = sending.parts
  const isLate = () => world.monotonicMs() > claimedUntilMs - config.ATTEMPT_TIMEOUT
  if (isLate()) return { kind: 'late' }
  const subscriber = freshness.asClaimed() ? claimedAs : await freshness.read(owing.subscriptionId)
  if (subscriber === null) return { kind: 'lapsed' }
  return deliver(sending, subscriber, owing, { lane: 'backlog', replay, isLate, stop })
}

/** A newer number than the one tried last counts its tries anew (RETRY-11). */
function owingOf(row: ClaimedBacklog, number: number): Owing {
  const { subscriptionId, topicId, origin, since, failures, failingSince, ofOrigin, token, subscriber } = row
  return {
    subscriptionId,
    topicId,
    origin,
    generation: subscriber?.generation ?? 0,
    since,
    number,
    attempt: number === row.number ? row.attempt : 1,
    failures,
    failingSince,
    ofOrigin,
    token,
  }
}

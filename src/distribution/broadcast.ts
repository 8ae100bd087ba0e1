import { sql } from 'kysely'
import type { Duty } from '../work/job.ts'
import { createLowerBound } from '../work/lower-bound.ts'
import { claimLapsedBatches } from './batch-store.ts'
import { type ClaimedBatch, claimBroadcasts, type PlacedSubscriber } from './broadcast-store.ts'
import { deliver, qualityOf, type Sending, type Tried } from './delivery.ts'
import type { Errand } from './dispatch.ts'
import { createFreshness, type Freshness } from './freshness.ts'
import { type OpenBatch, openBatch } from './open-batch.ts'
import { claimMs } from './parts.ts'
import type { Owing } from './settlement.ts'

/** Subscribers to one claim: enough that claims overlap with sending, few enough that a slow origin holds up little. */
const claimSubscribersMax = 300
/** Nobody is slow before this, whatever the others are. */
const slowMsMin = 50
/** What could not be tried for a reason of our own, no free socket for one, is tried after this. */
const notBegunMs = 1000
/** Whoever is asked whether its lease shall run on is looked at again after this, as after a first failure. */
const renewalWaitMs = 5000

/** The duty that carries whole topics from one number to the next, range by range. */
export function broadcastDuty(sending: Sending, room: () => Promise<void>): Duty {
  const { parts, dispatch, ledger, preparing } = sending
  const { db, world, config } = parts
  const turns = createLowerBound<number>(world.monotonicMs)
  return {
    name: 'broadcast',
    earliestDue: () => sql`
      select case when exists (select from broadcast where not exhausted or open_batches = 0) then 'epoch'::timestamptz(3) end
    `,
    async turn(stop) {
      while (dispatch.waiting('broadcast') >= config.IN_FLIGHT_MAX && !stop.aborted) await room()
      if (stop.aborted) return false
      const claim = claimNow(sending)
      const besides = preparing.topicIds()
      const { batches, finished, lowestTurn, hastened } = await claimBroadcasts(db, {
        ...claim,
        limit: claimSubscribersMax,
        turnFrom: turns.get(),
        besides,
      })
      // A topic that was left out keeps its turn, which the bound must not pass.
      if (lowestTurn !== null && besides.length === 0) turns.claimed(lowestTurn)
      if (hastened) parts.bell.ring('catch-up')
      for (const batch of batches) open(sending, batch, claim.untilMs)
      ledger.finished(finished)
      return batches.length > 0 || (lowestTurn !== null && finished.length === 0)
    },
    settled: () => settled(sending),
  }
}

/** The duty that takes over what a process left behind that died, or was stopped for longer than its claim. */
export function reclaimDuty(sending: Sending): Duty {
  const { parts, ledger } = sending
  return {
    name: 'reclaim',
    earliestDue: () => sql`select min(claimed_until) from batch`,
    async turn(stop) {
      if (stop.aborted) return false
      const claim = claimNow(sending)
      const besides = ledger.openBatches().map(({ claimed }) => claimed.id)
      const batches = await claimLapsedBatches(parts.db, { ...claim, limit: lapsedMax, besides })
      for (const batch of batches) open(sending, batch, claim.untilMs)
      return batches.length === lapsedMax
    },
    settled: () => settled(sending),
  }
}

const lapsedMax = 8

function claimNow({ parts: { world, config } }: Sending) {
  const nowMs = world.monotonicMs()
  const now = world.now()
  const ms = claimMs(config)
  return { now, until: new Date(now.getTime() + ms), untilMs: nowMs + ms, token: crypto.randomUUID() }
}

async function settled({ dispatch, ledger, preparing }: Sending): Promise<void> {
  await preparing.idle()
  await dispatch.idle()
  await ledger.written()
}

function open(sending: Sending, claimed: ClaimedBatch, claimedUntilMs: number): void {
  const batch = openBatch(claimed, { nowMs: sending.parts.world.monotonicMs(), claimedUntilMs })
  sending.ledger.opened(batch)
  const freshness = createFreshness(sending.parts, claimed.subscribers)
  const begin = (subscribers: readonly PlacedSubscriber[]) => {
    // Let go of with its batch, for the next start.
    if (sending.isStopping()) return
    const errands = subscribers.map((subscriber) => errandOf(sending, batch, subscriber, freshness))
    if (claimed.hurried) batch.whenHalf = () => leaveSlow(sending, batch, new Set(errands))
    for (const errand of errands) sending.dispatch.add(errand)
  }
  const { ready, unready } = sending.reductions.sorted(claimed)
  begin(ready)
  if (unready.length === 0) return
  sending.preparing.wait(claimed.topicId, sending.reductions.prepare(claimed, unready), () => begin(unready))
}

/**
 * Where each number is delivered in turn, whoever is slow would hold up the next number for all. When half of a batch is done, the
 * others have as long again; who takes longer goes on by itself, through the backlog, until it has caught up.
 */
function leaveSlow({ parts, dispatch }: Sending, batch: OpenBatch, errands: ReadonlySet<Errand>): void {
  const tookMs = parts.world.monotonicMs() - batch.beganMs
  if (batch.left > 0) setTimeout(() => dispatch.straggle(errands), Math.max(slowMsMin, tookMs)).unref()
}

function errandOf(sending: Sending, batch: OpenBatch, claimedAs: PlacedSubscriber, freshness: Freshness): Errand {
  const { parts, ledger } = sending
  const { topicId, number } = batch.claimed
  const { place, subscriptionId, origin, since } = claimedAs
  let token: string | null = null
  let rowClaimedUntilMs: number | null = null
  let begun = false
  let generation = claimedAs.generation

  function owing(): Owing {
    const tries = { attempt: 1, failures: 0, failingSince: null, ofOrigin: false }
    return { subscriptionId, topicId, origin, generation, since, number, token, ...tries }
  }

  function settle(tried: Tried): void {
    if (token !== null) {
      settleStraggler(sending, owing(), tried)
      return
    }
    if (batch.lost) return
    // Let go of with its batch, for the next start.
    if (tried.kind === 'stopped' && sending.isStopping()) return
    settleInBatch(sending, batch, owing(), tried)
    ledger.settled(batch, place)
  }

  async function begin(stop: AbortSignal): Promise<Tried> {
    begun = true
    if (isLate()) return { kind: 'late' }
    const subscriber = freshness.asClaimed() ? claimedAs : await freshness.read(subscriptionId)
    if (subscriber === null) return { kind: 'lapsed' }
    generation = subscriber.generation
    return deliver(sending, subscriber, owing(), { lane: 'broadcast', replay: null, isLate, stop })
  }

  /** Whoever took its batch, or its row, over may be sending it (rule 8). Whether somebody did, the token knows. */
  function isLate(): boolean {
    const latestMs = (rowClaimedUntilMs ?? batch.claimedUntilMs) - parts.config.ATTEMPT_TIMEOUT
    return batch.lost || parts.world.monotonicMs() > latestMs
  }

  return {
    origin,
    lane: 'broadcast',
    ailing: false,
    async begin(stop) {
      const tried = await begin(stop).catch((error: unknown): Tried => {
        parts.events.dutyFailed({ duty: 'broadcast', error })
        return { kind: 'stopped' }
      })
      settle(tried)
      return qualityOf(tried, { ...claimedAs, failures: 0 })
    },
    straggles() {
      if (batch.lost || !begun) return
      token = crypto.randomUUID()
      rowClaimedUntilMs = parts.world.monotonicMs() + claimMs(parts.config)
      const until = new Date(parts.world.now().getTime() + claimMs(parts.config))
      ledger.add({ kind: 'straggles', owing: { ...owing(), token }, until }, batch)
      batch.handedOver++
      ledger.settled(batch, place)
    },
    cannotBegin() {
      if (batch.lost || sending.isStopping()) return
      ledger.add({ kind: 'not begun', owing: owing(), inMs: 0 }, batch)
      batch.handedOver++
      ledger.settled(batch, place)
    },
  }
}

function settleInBatch({ ledger, parts }: Sending, batch: OpenBatch, owing: Owing, tried: Tried): void {
  switch (tried.kind) {
    case 'tried':
      if (tried.verdict.kind === 'delivered') batch.delivered++
      if (tried.verdict.kind === 'failed') {
        batch.failed++
        ledger.add({ kind: 'failed', owing, failed: tried.verdict }, batch)
      }
      if (tried.verdict.kind === 'gone') {
        parts.events.gone({ ...owing, callbackOrigin: owing.origin })
        ledger.add({ kind: 'gone', owing }, batch)
      }
      return
    case 'unprocessable':
      ledger.add({ kind: 'unprocessable', owing, why: tried.why }, batch)
      return
    case 'late':
    case 'stopped':
      batch.handedOver++
      ledger.add({ kind: 'not begun', owing, inMs: tried.kind === 'late' ? 0 : notBegunMs }, batch)
      return
    case 'awaits renewal':
      batch.handedOver++
      ledger.add({ kind: 'not begun', owing, inMs: renewalWaitMs }, batch)
      return
    case 'unchanged':
      batch.unchanged++
      return
    case 'lapsed':
    case 'lost':
      return
    default:
      tried satisfies never
  }
}

/** As for any claimed backlog row: a straggler's request ends by the token it was handed over with (rule 10). */
export function settleStraggler({ ledger, parts }: Sending, owing: Owing, tried: Tried): void {
  switch (tried.kind) {
    case 'tried':
      if (tried.verdict.kind === 'delivered') {
        parts.events.caughtUp({
          ...owing,
          callbackOrigin: owing.origin,
          status: tried.verdict.status,
          timing: tried.timing,
        })
        ledger.add({ kind: 'delivered', owing }, null)
      } else if (tried.verdict.kind === 'failed') {
        ledger.add({ kind: 'failed', owing, failed: tried.verdict }, null)
      } else {
        parts.events.gone({ ...owing, callbackOrigin: owing.origin })
        ledger.add({ kind: 'gone', owing }, null)
      }
      return
    case 'unprocessable':
      ledger.add({ kind: 'unprocessable', owing, why: tried.why }, null)
      return
    case 'unchanged':
      ledger.add({ kind: 'delivered', owing }, null)
      return
    case 'lapsed':
      ledger.add({ kind: 'lapsed', owing }, null)
      return
    case 'lost':
      ledger.add({ kind: 'lost', owing, through: tried.through }, null)
      return
    case 'late':
    case 'stopped':
      ledger.add({ kind: 'not begun', owing, inMs: 0 }, null)
      return
    case 'awaits renewal':
      ledger.add({ kind: 'not begun', owing, inMs: renewalWaitMs }, null)
      return
    default:
      tried satisfies never
  }
}

import { transaction } from '../db/database.ts'
import type { AttemptTable } from '../db/schema.ts'
import { recordAttempts } from './attempt-store.ts'
import { endBacklog, endGone, handOver, moveBacklog, noteMissed } from './backlog-store.ts'
import { type BatchProgress, settleBatches } from './batch-store.ts'
import { nextProbeWaitMs } from './breaker.ts'
import { endBroadcasts, lockTopics } from './broadcast-store.ts'
import { type OpenBatch, settleOne } from './open-batch.ts'
import { openBreakers, originsDue, originsRecovered, postponeProbe } from './origin-store.ts'
import { claimMs, type DistributionParts } from './parts.ts'
import { type Outcome, type Settlement, settlement } from './settlement.ts'

/** What deliveries came to, written many at a time: at the latest 100 ms after the answer (rule 11). */
export interface Ledger {
  opened(batch: OpenBatch): void
  /** A subscriber of a batch has its outcome, whatever it was. */
  settled(batch: OpenBatch, place: number): void
  /** What is more than a bit: it needs rows of its own, valid only while the batch, where there is one, is ours. */
  add(outcome: Outcome, batch: OpenBatch | null): void
  attempted(attempt: AttemptTable): void
  /** Broadcasts that a claim found to have nobody left. */
  finished(topicIds: readonly number[]): void
  originOpened(origin: string): void
  originRecovered(origin: string): void
  probeFailed(origin: string, waitMs: number): void
  openBatches(): readonly OpenBatch[]
  /** Resolves once all that was told so far is written. */
  written(): Promise<void>
  /** Writes what is left; nothing may be told afterwards. */
  close(): Promise<void>
}

/** News waits this long at most; what ended a batch, or the backlog, goes at once. */
const newsEveryMs = 100
/** Claims without news are moved on this often. */
const extendEveryMs = 1000
const retryAfterMs = 500

export function createLedger(parts: DistributionParts): Ledger {
  const { db, config, world, events, bell } = parts
  const batches = new Map<number, OpenBatch>()
  let pages = emptyPage()
  let writing: Promise<void> | null = null
  let wanted = false
  let closed = false
  const ticker = setInterval(tick, newsEveryMs)
  ticker.unref()

  function tick(): void {
    const nowMs = world.monotonicMs()
    const stale = [...batches.values()].some((batch) => batch.dirty || claimAgeMs(batch, nowMs) >= extendEveryMs)
    if (stale || !isEmpty(pages)) write()
  }

  function claimAgeMs(batch: OpenBatch, nowMs: number): number {
    return nowMs - (batch.claimedUntilMs - claimMs(config))
  }

  /** One write at a time; what comes meanwhile goes into the next together. */
  function write(): void {
    wanted = true
    writing ??= writeAll().finally(() => {
      writing = null
    })
  }

  async function writeAll(): Promise<void> {
    // A turn of the event loop first: what ended in the same moment is written in the same transaction.
    await new Promise(setImmediate)
    while (wanted) {
      wanted = false
      const page = pages
      pages = emptyPage()
      try {
        await writePage(page)
      } catch (error) {
        events.dutyFailed({ duty: 'ledger', error })
        pages = joined(page, pages)
        // Postgres is away: everything told so far stays here, and the claims lapse if it takes too long.
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
        if (!closed) wanted = true
      }
    }
  }

  async function writePage(page: Page): Promise<void> {
    const nowMs = world.monotonicMs()
    const now = world.now()
    for (const batch of batches.values()) if (batch.lost) batches.delete(batch.claimed.id)
    const told = [...batches.values()].filter((batch) => batch.dirty || claimAgeMs(batch, nowMs) >= extendEveryMs)
    if (told.length === 0 && isEmpty(page)) return
    for (const batch of told) batch.dirty = false
    const { done, carriedOn, recovering } = await inTransaction(page, told, now).catch((error: unknown) => {
      for (const batch of told) batch.dirty = true
      throw error
    })
    for (const batch of told) settleBatch(batch, done.ours, nowMs)
    tell(done.settlement)
    if (carriedOn.length > 0) bell.ring('broadcast')
    // A claim of ours passes by the rows that this transaction had locked: it looks again.
    if (told.length > 0) bell.wake('broadcast')
    ringBacklog(done.settlement, page, now)
    for (const origin of recovering) tellRecovered(origin)
    await recordAttempts(db, page.attempts).catch((error: unknown) => events.dutyFailed({ duty: 'attempt log', error }))
  }

  async function inTransaction(page: Page, told: readonly OpenBatch[], now: Date) {
    const progress = told.map(progressOf)
    const completed = progress.filter(({ complete }) => complete).map(({ topicId }) => topicId)
    const topicIds = new Set([
      ...completed,
      ...page.finished,
      ...page.outcomes.map(({ outcome }) => outcome.owing.topicId),
    ])
    return transaction(db, async (tx) => {
      // In this order always: topics, batches and broadcasts, subscriptions and backlog, origins.
      const topics = await lockTopics(tx, [...topicIds])
      const ours = await settleBatches(tx, progress, { until: new Date(now.getTime() + claimMs(config)) })
      const valid = page.outcomes.filter(({ batch }) => batch === null || ours.has(batch.claimed.id))
      const rows = settlement(
        valid.map(({ outcome }) => outcome),
        topics,
        { now, scheduleMs: config.RETRY_SCHEDULE, random: world.random },
      )
      await handOver(tx, rows.handOvers, { now })
      await endGone(tx, rows.gone)
      await endBacklog(tx, rows.ends)
      await noteMissed(tx, rows.missed)
      await moveBacklog(tx, rows.moves, { now })
      const ending = new Map([...topics].filter(([id]) => completed.includes(id) || page.finished.has(id)))
      const carriedOn = await endBroadcasts(tx, ending)
      await originsDue(tx, rows.originsDue)
      await openBreakers(tx, [...page.openedOrigins], { now })
      for (const [origin, waitMs] of page.failedProbes)
        await postponeProbe(tx, { origin, waitMs: nextProbeWaitMs(waitMs), now })
      const recovering = await originsRecovered(tx, [...page.recoveredOrigins], { now })
      return { done: { ours, settlement: rows }, carriedOn, recovering }
    })
  }

  function settleBatch(batch: OpenBatch, ours: ReadonlySet<number>, nowMs: number): void {
    const { id, topicId, number } = batch.claimed
    if (!ours.has(id)) batch.lost = true
    else batch.claimedUntilMs = nowMs + claimMs(config)
    if (!batch.lost && (batch.left > 0 || batch.dirty)) return
    batches.delete(id)
    const { delivered, failed, handedOver, unchanged, beganMs } = batch
    const ms = Math.round(nowMs - beganMs)
    events.batchDelivered({ topicId, number, delivered, failed, handedOver, unchanged, ms })
  }

  function tell({ failed, gaveUp, gone }: Settlement): void {
    for (const { owing, failed: how, retryAt } of failed) {
      const { status, failure, why } = how
      events.attemptFailed({
        ...told(owing),
        ...(status === undefined ? {} : { status }),
        ...(failure === undefined ? {} : { failure }),
        why,
        retryAt,
      })
    }
    for (const { owing, why, through } of gaveUp) events.gaveUp({ ...told(owing), why, through })
    if (gone.length > 0) bell.wake('prune')
  }

  function ringBacklog({ originsDue: due }: Settlement, page: Page, now: Date): void {
    if (page.recoveredOrigins.size > 0) bell.ring('catch-up')
    const soonest = [...due.values()].reduce<Date | null>((min, at) => (min === null || at < min ? at : min), null)
    if (soonest === null) return
    if (soonest <= now) bell.ring('catch-up')
    else {
      bell.wake('catch-up', soonest)
      bell.wake('catch-up')
    }
  }

  function tellRecovered(origin: string): void {
    pages.recoveredOrigins.add(origin)
    pages.openedOrigins.delete(origin)
    write()
  }

  return {
    opened(batch) {
      batches.set(batch.claimed.id, batch)
      if (batch.left === 0) write()
    },
    settled(batch, place) {
      settleOne(batch, place)
      if (batch.left === 0) write()
    },
    add(outcome, batch) {
      pages.outcomes.push({ outcome, batch })
      if (batch === null || outcome.kind === 'straggles') write()
    },
    attempted(attempt) {
      pages.attempts.push(attempt)
    },
    finished(topicIds) {
      for (const topicId of topicIds) pages.finished.add(topicId)
      if (topicIds.length > 0) write()
    },
    originOpened(origin) {
      pages.openedOrigins.add(origin)
      pages.recoveredOrigins.delete(origin)
    },
    originRecovered: tellRecovered,
    probeFailed(origin, waitMs) {
      pages.failedProbes.set(origin, waitMs)
    },
    openBatches: () => [...batches.values()],
    async written() {
      write()
      while (writing !== null) await writing
    },
    async close() {
      closed = true
      clearInterval(ticker)
      write()
      while (writing !== null) await writing
    },
  }
}

interface Page {
  readonly outcomes: { readonly outcome: Outcome; readonly batch: OpenBatch | null }[]
  readonly attempts: AttemptTable[]
  readonly finished: Set<number>
  readonly openedOrigins: Set<string>
  readonly recoveredOrigins: Set<string>
  readonly failedProbes: Map<string, number>
}

function emptyPage(): Page {
  return {
    outcomes: [],
    attempts: [],
    finished: new Set(),
    openedOrigins: new Set(),
    recoveredOrigins: new Set(),
    failedProbes: new Map(),
  }
}

function isEmpty(page: Page): boolean {
  return (
    page.outcomes.length === 0 &&
    page.attempts.length === 0 &&
    page.finished.size === 0 &&
    page.openedOrigins.size === 0 &&
    page.recoveredOrigins.size === 0 &&
    page.failedProbes.size === 0
  )
}

function joined(earlier: Page, later: Page): Page {
  return {
    outcomes: [...earlier.outcomes, ...later.outcomes],
    attempts: [...earlier.attempts, ...later.attempts],
    finished: new Set([...earlier.finished, ...later.finished]),
    openedOrigins: new Set([...earlier.openedOrigins, ...later.openedOrigins]),
    recoveredOrigins: new Set([...earlier.recoveredOrigins, ...later.recoveredOrigins]),
    failedProbes: new Map([...earlier.failedProbes, ...later.failedProbes]),
  }
}

function progressOf({ claimed, done, left }: OpenBatch): BatchProgress {
  return {
    id: claimed.id,
    topicId: claimed.topicId,
    token: claimed.token,
    done: Buffer.from(done),
    complete: left === 0,
  }
}

function told(owing: Outcome['owing']) {
  const { topicId, number, subscriptionId, attempt, origin } = owing
  return { topicId, number, subscriptionId, attempt, callbackOrigin: origin }
}

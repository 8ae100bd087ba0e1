import { sql } from 'kysely'
import { setAside } from '../db/parking.ts'
import type { Job, Performed } from '../work/job.ts'
import { isRenewedByHub, leasesRenewed, renewalInstant } from './lease.ts'
import type { SubscribingParts } from './parts.ts'
import { settleVerifications, type VerificationSettled } from './settle-store.ts'
import { type ClaimedVerification, claimVerifications } from './store.ts'
import { strictReason } from './strict.ts'
import { judgeVerification, type Verdict, verificationQuery, verifyDelayMs } from './verification.ts'
import type { Outcome, Waiting } from './waiting.ts'

/** What asking one subscriber came to. */
type Asked =
  | { readonly kind: 'asked'; readonly verdict: Verdict; readonly sentAt: Date }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'moot' }

/** Beyond the request's own deadline: what settling may take. */
const claimMarginMs = 10_000
/** More than any challenge; a longer body is not equal to it (VER-18). */
const answerBytesMax = 4096

/**
 * Asks subscribers whether they meant it (§5.3), then grants, ends, or leaves all as it was.
 *
 * @param waiting the clients that wait for what it comes to
 */
export function verifyJob(parts: SubscribingParts & { readonly waiting: Waiting }): Job<ClaimedVerification, Asked> {
  const { db, config, world, waiting } = parts
  return {
    name: 'verify',
    atOnce: 256,
    perOriginAtOnce: 32,
    earliestDue: () => sql`select min(due_at) from verification where parked_at is null`,
    claim: (want) => claimVerifications(db, { ...want, ...verificationClaim(parts) }),
    originOf: ({ origin }) => origin,
    perform: (row, stop) => ask(parts, row, stop),
    async settle(performed) {
      const now = world.now()
      const asked = performed.map((each) => ({ ...each, answerClient: waiting.take(each.row.token) }))
      try {
        const ours = await settleVerifications(
          db,
          asked.map((each) => settledOf(parts, each, now)),
          { now, renewed: leasesRenewed(config) },
        )
        for (const each of asked) if (ours.has(each.row.id)) tell(parts, each)
      } finally {
        for (const { answerClient } of asked) answerClient?.({ kind: 'undecided' }) // Whoever was told hears it no more.
      }
      if (performed.some(({ outcome }) => outcome.kind === 'denied')) parts.bell.ring('deny')
    },
    failed: (row, error) => setAside(parts, 'verification', { row, error }),
  }
}

/** A verification performed, with the way to answer the client that waits for it; null: none does. */
type AskedFor = Performed<ClaimedVerification, Asked> & { readonly answerClient: ((outcome: Outcome) => void) | null }

/** What a claim of verifications is made with: it lapses when they have certainly ended. */
export function verificationClaim(parts: SubscribingParts) {
  return claimFor(parts.config.VERIFY_TIMEOUT + strictMs(parts), parts.world.now())
}

export function claimFor(timeoutMs: number, now: Date) {
  return { now, until: new Date(now.getTime() + timeoutMs + claimMarginMs), token: crypto.randomUUID() }
}

function strictMs({ config }: SubscribingParts): number {
  return config.TOPIC_STRICT === 'on' ? config.FETCH_TIMEOUT : 0
}

async function ask(parts: SubscribingParts, row: ClaimedVerification, stop: AbortSignal): Promise<Asked> {
  const { config, world } = parts
  if (row.moot) return { kind: 'moot' }
  const reason = await reasonAgainst(parts, row, stop)
  if (reason !== null) return { kind: 'denied', reason }
  const challenge = world.challenge()
  const sentAt = world.now() // The lease runs from here (§5.3).
  const answer = await world.send(
    {
      purpose: 'verify',
      method: 'GET',
      url: row.callback,
      addedQuery: verificationQuery({ ...row, challenge }),
      headers: {},
      timeoutMs: config.VERIFY_TIMEOUT,
      bodyBytesMax: answerBytesMax,
      overflow: 'fail',
      redirectsMax: 0,
    },
    stop,
  )
  return { kind: 'asked', verdict: judgeVerification(answer, challenge, world.now()), sentAt }
}

/** What the hub asked for itself, and whoever leaves, is not asked. */
function reasonAgainst(
  parts: SubscribingParts,
  { topic, mode, byHub }: ClaimedVerification,
  stop: AbortSignal,
): Promise<string | null> | null {
  if (mode === 'unsubscribe' || byHub) return null
  const { FETCH_TIMEOUT: timeoutMs, CONTENT_BYTES_MAX: bodyBytesMax } = parts.config
  return strictReason(parts, topic, { timeoutMs, bodyBytesMax, overflow: 'fail' }, stop)
}

function settledOf(
  { config, world }: SubscribingParts,
  { row, outcome, answerClient }: AskedFor,
  now: Date,
): VerificationSettled {
  if (outcome.kind === 'moot') return { kind: 'dropped', row }
  if (outcome.kind === 'denied') {
    // A client that waits is told by its answer, and knows nothing of denials.
    return answerClient === null
      ? { kind: 'denied', row, reason: outcome.reason, tellAt: now }
      : { kind: 'dropped', row }
  }
  const { verdict, sentAt } = outcome
  switch (verdict.kind) {
    case 'confirmed': {
      if (row.mode === 'unsubscribe') return { kind: 'ended', row }
      const endsAt = new Date(sentAt.getTime() + row.leaseSeconds * 1000)
      const renews = isRenewedByHub(row.leaseAsked, config)
      const renewAt = renews ? renewalInstant(endsAt, row.leaseSeconds, world.random()) : null
      return { kind: 'granted', row, requestedAt: row.requestedAt, beganAt: sentAt, renewAt }
    }
    case 'rejected':
      return { kind: 'dropped', row }
    case 'no answer': {
      const delayMs = verifyDelayMs(row.attempt, verdict.retryAfterMs, world.random())
      if (delayMs === null) return { kind: 'dropped', row }
      return { kind: 'again', row, dueAt: new Date(now.getTime() + delayMs), attempt: row.attempt }
    }
    case 'stopped':
      return { kind: 'again', row, dueAt: now, attempt: row.attempt - 1 }
  }
}

/** Tells the client that waits, and the log. */
function tell({ events }: SubscribingParts, { row, outcome, answerClient }: AskedFor): void {
  const { mode, topic, origin: callbackOrigin, leaseSeconds, byHub } = row
  if (outcome.kind === 'denied') answerClient?.({ kind: 'refused', why: outcome.reason })
  if (outcome.kind !== 'asked' || outcome.verdict.kind === 'stopped') return
  const { verdict } = outcome
  if (verdict.kind === 'confirmed') {
    answerClient?.(verdict)
    events.verified({ mode, topic, callbackOrigin, leaseSeconds, byHub })
    return
  }
  if (verdict.kind === 'rejected') answerClient?.({ kind: 'refused', why: verdict.sentence })
  const final = verdict.kind === 'rejected' || verifyDelayMs(row.attempt, null, 0) === null
  events.verificationFailed({ mode, topic, callbackOrigin, why: verdict.why, final, byHub })
}

import type { Answer, NoAnswer, Timing } from '../world.ts'
import type { Subscriber } from './broadcast-store.ts'
import type { Dispatch } from './dispatch.ts'
import type { Forms } from './forms.ts'
import type { Ledger } from './ledger.ts'
import { notification } from './notification.ts'
import type { DistributionParts } from './parts.ts'
import type { Preparing } from './preparing.ts'
import type { Publication } from './publication-store.ts'
import { lostThrough } from './publication-store.ts'
import type { Publications } from './publications.ts'
import type { Reductions } from './reductions.ts'
import { type Replay, replayed } from './replays.ts'
import type { Quality } from './send-window.ts'
import type { Owing } from './settlement.ts'
import { type Verdict, verdict } from './verdict.ts'

/** What both lanes send with. */
export interface Sending {
  readonly parts: DistributionParts
  readonly dispatch: Dispatch
  readonly ledger: Ledger
  readonly publications: Publications
  readonly reductions: Reductions
  readonly forms: Forms
  readonly preparing: Preparing
  /** The hub is stopping: what is aborted now was no try. */
  isStopping(): boolean
}

/** One try, and what came of it. */
export type Tried =
  | { readonly kind: 'tried'; readonly verdict: Verdict; readonly timing: Timing }
  /** The subscription ended since the claim, or its lease did. */
  | { readonly kind: 'lapsed' }
  /** Its lease has ended, and the renewal that would have it run on is not decided yet: not begun. */
  | { readonly kind: 'awaits renewal' }
  /** The feed says nothing that the subscription lacks: it is carried there without a request. */
  | { readonly kind: 'unchanged' }
  /** The content is no longer kept, of this number and all up to `through`. */
  | { readonly kind: 'lost'; readonly through: number }
  /** Not begun: its claim was nearly over (rule 8). */
  | { readonly kind: 'late' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unprocessable'; readonly why: string }

export interface DeliveryOptions {
  readonly lane: 'broadcast' | 'backlog'
  /** What it is, besides, because it was asked for again; null: nothing was. */
  readonly replay: Replay | null
  /** Whether its claim is nearly over: nothing is begun any more (rule 8). */
  readonly isLate: () => boolean
  readonly stop: AbortSignal
}

/** Sends the publication `owing` is carried to, once. Never rejects for what lies in the row or at the other side. */
export async function deliver(
  sending: Sending,
  subscriber: Subscriber,
  owing: Owing,
  { lane, replay, isLate, stop }: DeliveryOptions,
): Promise<Tried> {
  const { parts, publications, ledger } = sending
  const { topicId, number } = owing
  if (subscriber.awaitsRenewal) return { kind: 'awaits renewal' }
  const published = await publications.read(topicId, number)
  if (published === null) return { kind: 'lost', through: await lostThrough(parts.db, { topicId, number }) }
  const publication = await asWanted(sending, published, { subscriber, owing, replay })
  if (publication === null) return { kind: 'unchanged' }
  if (isLate()) return { kind: 'late' }
  const request = requestFor(sending, subscriber, { owing, publication, replay })
  if (request instanceof Error) return { kind: 'unprocessable', why: request.message }
  const at = parts.world.now()
  const outcome = await parts.world.send(request, stop)
  // Stopped without being told to: no free socket. Nothing can be concluded about the other side.
  if (isStopped(outcome) && (sending.isStopping() || !stop.aborted)) return { kind: 'stopped' }
  const judged = verdict(isStopped(outcome) ? crowdedOut(outcome) : outcome, parts.world.now())
  parts.events.attempted({ outcome: judged.kind, lane, timing: outcome.timing })
  ledger.attempted({
    at,
    topic_id: owing.topicId,
    number: owing.number,
    subscription_id: owing.subscriptionId,
    attempt: owing.attempt,
    outcome: judged.kind,
    status: judged.status ?? null,
    failure: judged.kind === 'failed' ? (judged.failure ?? null) : null,
    name_ms: rounded(outcome.timing.nameMs),
    connect_ms: rounded(outcome.timing.connectMs),
    first_byte_ms: rounded(outcome.timing.firstByteMs),
    total_ms: Math.round(outcome.timing.totalMs),
  })
  return { kind: 'tried', verdict: judged, timing: outcome.timing }
}

/** A publication as the subscription takes it; null: it says nothing new to it. */
async function asWanted(
  { parts: { db }, reductions, forms }: Sending,
  published: Publication,
  {
    subscriber,
    owing,
    replay,
  }: { readonly subscriber: Subscriber; readonly owing: Owing; readonly replay: Replay | null },
): Promise<Publication | null> {
  const { format } = subscriber
  if (replay !== null) return replayed({ db, forms }, published, { replay, format })
  const reduced = await reductions.read(published, subscriber, owing)
  return reduced === null || format === null ? reduced : forms.read(reduced, format)
}

/** What a try says about its origin; null: nothing, it did not come to one. */
export function qualityOf(tried: Tried, { failures, since, joined }: Standing): Quality | null {
  if (tried.kind !== 'tried') return null
  const { verdict: judged, timing } = tried
  const failed = judged.kind === 'failed' && judged.ofOrigin
  const unconnected = judged.kind === 'failed' && unconnectedFailures.has(judged.failure ?? '')
  const ailing = failures > 0
  // A callback that never received anything may have been broken from the first: its failures are its own.
  const wasFine = since > joined && !ailing
  return { failed, unconnected, ailing, telling: unconnected || wasFine, totalMs: timing.totalMs }
}

/** How it went for this subscription before. */
interface Standing {
  readonly failures: number
  readonly since: number
  readonly joined: number
}

const unconnectedFailures: ReadonlySet<string> = new Set(['forbidden', 'name', 'connect', 'tls'])

function requestFor(
  { parts }: Sending,
  subscriber: Subscriber,
  { owing, publication, replay }: { owing: Owing; publication: Publication; replay: Replay | null },
) {
  try {
    const { subscriptionId, callback, sealedSecret, algorithm } = subscriber
    const secret = sealedSecret === null ? null : parts.cipher.open(sealedSecret)
    return notification(
      publication,
      { subscriptionId, callback, secret, algorithm },
      {
        attempt: owing.attempt,
        replayAt: replay?.at ?? null,
        now: parts.world.now(),
        timeoutMs: parts.config.ATTEMPT_TIMEOUT,
      },
    )
  } catch (error) {
    parts.events.parked({ table: 'backlog', id: owing.subscriptionId, error })
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isStopped(outcome: Answer | NoAnswer): outcome is NoAnswer {
  return outcome.kind === 'no-answer' && outcome.failure === 'stopped'
}

/** STRAGGLERS_MAX was reached and this one had waited longest. */
function crowdedOut(outcome: NoAnswer): NoAnswer {
  return { ...outcome, failure: 'timeout', why: 'No answer came before too many others were waited for.' }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}

import { allow, reserve } from '../db/rate.ts'
import { admitFragment } from '../fragments/admission.ts'
import { RequestRefused } from '../refusal.ts'
import { unservedTopic } from '../topic-policy.ts'
import type { Rate } from '../units.ts'
import { originOf, urlKey } from '../url-key.ts'
import { isSyncAlone } from './algorithm.ts'
import type { SubscribingParts } from './parts.ts'
import type { SubscriptionRequest } from './request.ts'
import type { Cipher } from './secret.ts'
import {
  addDenial,
  awaitsFirstTry,
  type ClaimedVerification,
  type PendingVerification,
  requestAndClaim,
  requestVerification,
} from './store.ts'
import { cancel } from './subscription-store.ts'
import { verificationClaim } from './verify.ts'
import type { Waited, Waiting } from './waiting.ts'

/** Subscribers store what they asked for when the 202 arrives, so it must be there first (VER-17); another hub may verify. */
const afterAnswerMs = 200

/** What accepts requests: beside the chapter's parts, whoever verifies while a client waits. */
export interface AcceptingParts extends SubscribingParts {
  readonly waiting: Waiting
  readonly verifying: {
    /** Whether a callback of this origin could be asked now. */
    hasRoom(origin: string): boolean
    /** Asks now. */
    start(claimed: ClaimedVerification): void
  }
}

/**
 * Accepts a subscribe or unsubscribe request: once this resolves it survives a restart, and may be answered 202. A topic
 * that is not registered where it must be is denied (§5.2), as any refusal that is the hub's own policy.
 *
 * A client that sends `hub.verify=sync` alone waits for what its callback answers (PubSubHubbub 0.3 §6.1.2). It knows
 * nothing of denials: to it, a refusal is the answer to its request.
 *
 * @returns what the client is to wait for; null: nothing, as for every other client (§5.1.2)
 * @throws {RequestRefused} 409 instead of a denial; 429 where more denials wait for the callback's host than it may be told
 * in ten minutes, or where it is one more part of a page than that may have.
 */
export async function requestSubscription(parts: AcceptingParts, request: SubscriptionRequest): Promise<Waited | null> {
  const { db, config, events } = parts
  const { mode, topic, callback } = request
  events.subscriptionRequested({ mode, topic, callbackOrigin: originOf(callback) })
  const closed = (await unservedTopic(db, [topic], config)) !== null
  // Who is not subscribed may be told so by the ordinary way: an unsubscription is never denied (DEN-12).
  if (mode === 'unsubscribe') return verify(parts, request)
  if (!closed) {
    await admitFragment(parts, topic, { parameter: 'hub.topic', by: hostOf(callback) })
    return verify(parts, request)
  }
  if (isSyncAlone(request.verify)) throw new RequestRefused(notServed, { status: 409, parameter: 'hub.topic' })
  await denyLater(parts, request)
  return null
}

/** Ends a subscription by the operator's will and tells its subscriber (§5.2); false where there is none. */
export async function cancelSubscription(
  { db, world, bell }: SubscribingParts,
  { topic, callback, reason }: { readonly topic: string; readonly callback: string; readonly reason: string },
): Promise<boolean> {
  const cancelled = await cancel(db, { topic, callback }, { reason, now: world.now() })
  if (cancelled) bell.ring('deny')
  return cancelled
}

async function denyLater(
  { db, config, world, bell }: SubscribingParts,
  { topic, callback }: SubscriptionRequest,
): Promise<void> {
  const host = hostOf(callback)
  const now = world.now()
  const waits = await allow(db, `denials that wait ${host}`, thatMayWait(config.RATE_DENY), { now })
  if (!waits.allowed) {
    // Answered 4xx, it needs no denial: else whoever asks without end would fill the table.
    throw new RequestRefused(`Too many requests for the callback's host were denied lately. ${notServed}`, {
      status: 429,
      retryAfterSeconds: waits.retryAfterSeconds,
    })
  }
  const turn = await reserve(db, `deny ${host}`, config.RATE_DENY, { now })
  const dueAt = later(world.now(), turn)
  await addDenial(db, { topic, callback, origin: originOf(callback) }, { reason: notServed, dueAt })
  bell.ring('deny', dueAt)
}

const notServed = 'This hub does not serve the topic.'

/** As many as a rate lets through in ten minutes: more shall not wait. */
function thatMayWait({ count, periodMs }: Rate): Rate {
  return { count: Math.max(1, Math.floor((count * waitingMsMax) / periodMs)), periodMs: waitingMsMax }
}

const waitingMsMax = 10 * 60_000

async function verify(parts: AcceptingParts, request: SubscriptionRequest): Promise<Waited | null> {
  const { db, config, world, bell, cipher } = parts
  const pending = pendingOf(request, cipher)
  // A repeat is verified together with what waits and takes no turn of its own. Missing one that is just written costs a turn.
  const turn = (await awaitsFirstTry(db, pending))
    ? world.now()
    : await reserve(db, `verify ${hostOf(pending.callback)}`, config.RATE_VERIFY, { now: world.now() })
  const now = world.now()
  const waited = isSyncAlone(request.verify) && turn <= now ? await verifyNow(parts, pending) : null
  if (waited !== null) return waited
  const dueAt = later(now, turn)
  await requestVerification(db, pending, { now, dueAt })
  bell.ring('verify', dueAt)
  return null
}

/** What is written of a request until its subscriber has agreed. */
export function pendingOf(
  { mode, topic, callback, lease, secret, algorithm, verifyToken, feedDelivery, owner, format }: SubscriptionRequest,
  cipher: Cipher,
): PendingVerification {
  return {
    topicKey: urlKey(topic),
    callbackKey: urlKey(callback),
    topic,
    callback,
    origin: originOf(callback),
    mode,
    leaseAsked: lease.asked,
    leaseSeconds: lease.seconds,
    sealedSecret: secret === null ? null : cipher.seal(secret),
    algorithm,
    verifyToken,
    feedDelivery,
    owner,
    format,
  }
}

/** Null, with nothing written: it is to be verified as any other request is. */
async function verifyNow(parts: AcceptingParts, pending: PendingVerification): Promise<Waited | null> {
  const { db, waiting, verifying } = parts
  if (!verifying.hasRoom(pending.origin)) return null
  const claim = verificationClaim(parts)
  const waited = waiting.enter(claim.token)
  if (waited === null) return null
  const claimed = await requestAndClaim(db, pending, claim)
  if (claimed !== null) verifying.start(claimed)
  else waiting.take(claim.token)
  return claimed === null ? null : waited
}

/** Whom the rates protect: a host, by whatever scheme and port it is called (VER-27, DEN-10). */
function hostOf(callback: string): string {
  return new URL(originOf(callback)).hostname
}

function later(now: Date, turn: Date): Date {
  return new Date(Math.max(now.getTime() + afterAnswerMs, turn.getTime()))
}

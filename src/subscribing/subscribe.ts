import { reserve } from '../db/rate.ts'
import { isRegistered } from '../topic-policy.ts'
import { originOf, urlKey } from '../url-key.ts'
import type { SubscribingParts } from './parts.ts'
import type { SubscriptionRequest } from './request.ts'
import { addDenial, requestVerification } from './store.ts'
import { cancel } from './subscription-store.ts'

/** Subscribers store what they asked for when the 202 arrives, so it must be there first (VER-17); another hub may verify. */
const afterAnswerMs = 200

/**
 * Accepts a subscribe or unsubscribe request: once this resolves it survives a restart, and may be answered 202. A topic
 * that is not registered where it must be is denied (§5.2), as any refusal that is the hub's own policy.
 */
export async function requestSubscription(parts: SubscribingParts, request: SubscriptionRequest): Promise<void> {
  const { config, events } = parts
  const { mode, topic, callback } = request
  events.subscriptionRequested({ mode, topic, callbackOrigin: originOf(callback) })
  const closed = config.TOPIC_POLICY === 'registered' && !isRegistered(topic, config.TOPICS_REGISTERED)
  // Who is not subscribed may be told so by the ordinary way: an unsubscription is never denied (DEN-12).
  if (closed && mode === 'subscribe') await denyLater(parts, request)
  else await verifyLater(parts, request)
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
  const origin = originOf(callback)
  const turn = await reserve(db, `deny ${origin}`, config.RATE_DENY, { now: world.now() })
  const dueAt = later(world.now(), turn)
  await addDenial(db, { topic, callback, origin }, { reason: 'This hub does not serve the topic.', dueAt })
  bell.ring('deny', dueAt)
}

async function verifyLater(
  { db, config, world, bell, cipher }: SubscribingParts,
  request: SubscriptionRequest,
): Promise<void> {
  const { mode, topic, callback, lease, secret, algorithm, verifyToken } = request
  const origin = originOf(callback)
  const turn = await reserve(db, `verify ${origin}`, config.RATE_VERIFY, { now: world.now() })
  const now = world.now()
  const dueAt = later(now, turn)
  await requestVerification(
    db,
    {
      topicKey: urlKey(topic),
      callbackKey: urlKey(callback),
      topic,
      callback,
      origin,
      mode,
      leaseAsked: lease.asked,
      leaseSeconds: lease.seconds,
      sealedSecret: secret === null ? null : cipher.seal(secret),
      algorithm,
      verifyToken,
    },
    { now, dueAt },
  )
  bell.ring('verify', dueAt)
}

function later(now: Date, turn: Date): Date {
  return new Date(Math.max(now.getTime() + afterAnswerMs, turn.getTime()))
}

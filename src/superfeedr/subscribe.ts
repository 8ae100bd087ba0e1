import type { Form } from '../form.ts'
import { admitFragment } from '../fragments/admission.ts'
import { RequestRefused } from '../refusal.ts'
import { isRenewedByHub, renewalInstant } from '../subscribing/lease.ts'
import { type SubscriptionRequest, secretOf } from '../subscribing/request.ts'
import { type StrictLimits, strictReason } from '../subscribing/strict.ts'
import { pendingOf } from '../subscribing/subscribe.ts'
import { endOwned, grantTrusted, ownedCallbacks } from '../subscribing/trusted-store.ts'
import { unservedTopic } from '../topic-policy.ts'
import { originOf } from '../url-key.ts'
import { refused } from './parameters.ts'
import type { SuperfeedrParts } from './parts.ts'
import { beginPull, endPull, isPulled } from './pull-store.ts'
import { nowhere, type SubscribeExtras, type UnsubscribeRequest } from './request.ts'

/**
 * Whether this hub would serve the topic at all, told at once: whoever has a key waits for the answer and knows nothing of
 * denials.
 *
 * @throws {RequestRefused} 422 that says what speaks against it, and which topic would be right (SF-19); 429 where it is one
 *   more part of a page than that may have
 */
export async function refuseUnserved(
  { db, config, world }: SuperfeedrParts,
  owner: string,
  topic: string,
): Promise<void> {
  if ((await unservedTopic(db, [topic], config)) !== null) {
    throw refused('hub.topic', 'is none that this hub serves: its operator registers topics first')
  }
  const reason = await strictReason({ config, world }, topic, strictLimits)
  if (reason !== null) throw new RequestRefused(reason, { status: 422, parameter: 'hub.topic' })
  await admitFragment({ db, world }, topic, { parameter: 'hub.topic', by: `login ${owner}` })
}

/** A client waits for it, and maybe for its first content too. Links stand at a document's beginning. */
const strictLimits: StrictLimits = { timeoutMs: 4000, bodyBytesMax: 256 * 1024, overflow: 'cut' }

/**
 * Subscribes a callback without asking it: whoever has a key is trusted to own it, as with Superfeedr. So a key can have this
 * hub send to any address that it may dial at all; who gets one is the operator's decision. Once this resolves it survives a
 * restart.
 *
 * @param received the number of the publication that the client gets as its answer; null: none
 * @throws {RequestRefused} 422 where somebody else subscribed the callback to the topic
 */
export async function subscribeTrusted(
  { db, config, world, events, cipher }: SuperfeedrParts,
  request: SubscriptionRequest,
  { received }: { readonly received: number | null },
): Promise<void> {
  const { mode, topic, callback, lease } = request
  events.subscriptionRequested({ mode, topic, callbackOrigin: originOf(callback) })
  const beganAt = world.now()
  const endsAt = new Date(beganAt.getTime() + lease.seconds * 1000)
  const renewAt = isRenewedByHub(lease.asked, config) ? renewalInstant(endsAt, lease.seconds, world.random()) : null
  const granted = { row: pendingOf(request, cipher), requestedAt: beganAt, beganAt, renewAt }
  if (await grantTrusted(db, granted, { received })) return
  throw refused(
    'hub.callback',
    'is subscribed to this topic by somebody else: send hub.verify=sync, so that it can say whose it is',
  )
}

/** Has the topic kept for its owner, who retrieves instead of being called. */
export async function subscribePull(
  { db, cipher }: SuperfeedrParts,
  {
    owner,
    topic,
    form,
    format,
  }: {
    readonly owner: string
    readonly topic: string
    readonly form: Form
    readonly format: SubscribeExtras['format']
  },
): Promise<void> {
  const secret = secretOf(form)
  await beginPull(db, { owner, topic, sealedSecret: secret === null ? null : cipher.seal(secret), format })
}

/**
 * Ends a login's own subscription without asking its callback.
 *
 * @throws {RequestRefused} 404 where there is none, 422 where no callback was named and there are several
 */
export async function unsubscribeOwn(
  { db, world, events }: SuperfeedrParts,
  owner: string,
  { topic, callback }: UnsubscribeRequest,
): Promise<void> {
  const own = await ownCallbacks({ db, world }, owner, { topic, callback })
  const [only, ...more] = own
  if (only === undefined) throw refused('hub.topic', 'names nothing that you are subscribed to', 404)
  if (more.length > 0) {
    throw refused('hub.callback', 'is missing, and you have several subscriptions to this topic: name the one to end')
  }
  if (only === nowhere) await endPull(db, { owner, topic })
  else {
    events.subscriptionRequested({ mode: 'unsubscribe', topic, callbackOrigin: originOf(only) })
    await endOwned(db, { owner, topic, callback: only })
  }
}

async function ownCallbacks(
  { db, world }: Pick<SuperfeedrParts, 'db' | 'world'>,
  owner: string,
  { topic, callback }: UnsubscribeRequest,
): Promise<readonly string[]> {
  const called = callback === nowhere ? [] : await ownedCallbacks(db, { owner, topic, callback }, { now: world.now() })
  const mayPull = callback === null || callback === nowhere
  return mayPull && (await isPulled(db, { owner, topic })) ? [...called, nowhere] : called
}

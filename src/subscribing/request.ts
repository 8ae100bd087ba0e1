import type { Config } from '../config.ts'
import type { Algorithm, FeedDelivery, Format, Mode } from '../db/schema.ts'
import { type Form, values } from '../form.ts'
import { checkedTopic } from '../fragments/topic-url.ts'
import { RequestRefused } from '../refusal.ts'
import { checkedStrangersUrl } from '../url-rules.ts'
import { signatureAlgorithm } from './algorithm.ts'
import { grantedLease, type Lease } from './lease.ts'

/** What a subscriber asked for (§5.1), checked. Topic and callback stay as given: they are echoed and called so (§5.3). */
export interface SubscriptionRequest {
  readonly mode: Mode
  readonly topic: string
  readonly callback: string
  readonly lease: Lease
  readonly secret: string | null
  readonly algorithm: Algorithm
  /** The values of PubSubHubbub 0.3's `hub.verify`. */
  readonly verify: readonly string[]
  /** PubSubHubbub 0.3's `hub.verify_token`, echoed in this request's verification. */
  readonly verifyToken: string | null
  /** Our own parameter, which other hubs ignore; null: it did not say. */
  readonly feedDelivery: FeedDelivery | null
  /** The login whose key it came with; null: it came without one. */
  readonly owner: string | null
  /** Null: as published. */
  readonly format: Format | null
}

/**
 * Reads a subscribe or unsubscribe request (§5.1, §5.1.1). Parameters it does not know are ignored, empty ones count as
 * absent, and what an unsubscribe request says of lease and secret is not looked at.
 *
 * @throws {RequestRefused} that names the parameter that is wrong (§5.1.2).
 */
export function subscriptionRequest(form: Form, config: Config): SubscriptionRequest {
  const mode = modeOf(form)
  const subscribes = mode === 'subscribe'
  const verify = values(form, 'hub.verify')
  return {
    mode,
    topic: checkedTopic(required(form, 'hub.topic'), 'hub.topic', config, { isLeaving: !subscribes }),
    callback: checkedStrangersUrl(required(form, 'hub.callback'), 'hub.callback', config),
    lease: grantedLease(subscribes ? single(form, 'hub.lease_seconds') : undefined, config),
    secret: subscribes ? secretOf(form) : null,
    algorithm: signatureAlgorithm(single(form, 'hub.signature_algorithm'), verify, config),
    verify,
    verifyToken: verifyTokenOf(form),
    feedDelivery: subscribes ? feedDeliveryOf(form) : null,
    owner: null,
    format: null,
  }
}

function modeOf(form: Form): Mode {
  const mode = required(form, 'hub.mode').toLowerCase()
  if (mode === 'subscribe' || mode === 'unsubscribe') return mode
  throw new RequestRefused('hub.mode must be subscribe, unsubscribe or publish.', { parameter: 'hub.mode' })
}

/** @throws {RequestRefused} where it is too long */
export function secretOf(form: Form): string | null {
  const secret = single(form, 'hub.secret') ?? null
  if (secret === null || Buffer.byteLength(secret) < secretBytesMax) return secret
  throw new RequestRefused(`hub.secret must be shorter than ${secretBytesMax} bytes (counted in UTF-8).`, {
    parameter: 'hub.secret',
  })
}

function verifyTokenOf(form: Form): string | null {
  const token = single(form, 'hub.verify_token') ?? null
  if (token === null || (Buffer.byteLength(token) <= verifyTokenBytesMax && !token.includes('\0'))) return token
  throw new RequestRefused(`hub.verify_token must have at most ${verifyTokenBytesMax} bytes and no NUL character.`, {
    parameter: 'hub.verify_token',
  })
}

function feedDeliveryOf(form: Form): FeedDelivery | null {
  const asked = single(form, 'fanfare.feed_delivery') ?? null
  if (asked === null || asked === 'full' || asked === 'new-entries') return asked
  throw new RequestRefused('fanfare.feed_delivery must be full or new-entries.', { parameter: 'fanfare.feed_delivery' })
}

function required(form: Form, parameter: string): string {
  const value = single(form, parameter)
  if (value !== undefined) return value
  throw new RequestRefused(`${parameter} is missing or empty.`, { parameter })
}

function single(form: Form, parameter: string): string | undefined {
  const [first, ...more] = values(form, parameter)
  if (more.length === 0) return first
  throw new RequestRefused(`${parameter} was given ${more.length + 1} times; give it once.`, { parameter })
}

/** §5.1: "This parameter MUST be less than 200 bytes in length." */
const secretBytesMax = 200
/** It goes into the query of the callback: what servers take there is bounded. */
const verifyTokenBytesMax = 1024

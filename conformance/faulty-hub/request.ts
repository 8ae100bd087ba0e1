import type { Has } from './faults.ts'
import { isRefusedAddress } from './private.ts'
import type { HubSettings } from './settings.ts'
import { keyOf } from './url.ts'

export interface SubscriptionRequest {
  readonly kind: 'subscribe' | 'unsubscribe'
  readonly topic: string
  readonly callback: string
  readonly secret: string | undefined
  readonly leaseSeconds: number
  readonly verifyToken: string | undefined
  /** Of a client of 0.3, which waits to be told what its callback said (0.3 §6.1.2). */
  readonly waits: boolean
}

/** What the client did wrong, for the plain text of a 400 (§5.1.2). */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(sentence: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

/** @throws {Refused} */
export function readSubscription(
  fields: URLSearchParams,
  { has, settings }: { has: Has; settings: HubSettings },
): SubscriptionRequest {
  const given = single(fields, 'hub.mode')
  const known = /^(subscribe|unsubscribe)$/.test(given ?? '')
  const isTaken = has(given === undefined ? 'accepts-requests-without-a-mode' : 'accepts-unknown-modes')
  const mode = isTaken && !known ? 'subscribe' : given
  if (mode !== 'subscribe' && mode !== 'unsubscribe') {
    const said = has('reflects-what-it-was-sent') ? `, not ${given}` : ''
    throw new Refused(`hub.mode must be subscribe, unsubscribe or publish${said}.`)
  }
  return {
    kind: mode,
    topic: readUrl(fields, 'hub.topic', settings, has),
    callback: readCallback(fields, settings, has),
    secret: readSecret(fields, has),
    leaseSeconds: mode === 'subscribe' || has('unsubscribe-needs-a-lease') ? readLease(fields, settings, has) : 0,
    verifyToken: single(fields, 'hub.verify_token'),
    waits: fields.getAll('hub.verify').join() === 'sync' && !has('never-verifies-at-once'),
  }
}

/** A parameter that is empty counts as absent; one that comes twice is refused. */
function single(fields: URLSearchParams, name: string): string | undefined {
  const values = fields.getAll(name)
  if (values.length > 1) throw new Refused(`${name} must come once.`)
  return values[0] === '' ? undefined : values[0]
}

function readCallback(fields: URLSearchParams, settings: HubSettings, has: Has): string {
  const callback = readUrl(fields, 'hub.callback', settings, has)
  return has('normalizes-callback') ? keyOf(callback, has) : callback
}

function readUrl(fields: URLSearchParams, name: string, settings: HubSettings, has: Has): string {
  const value = single(fields, name)
  if (value === undefined) {
    const isTaken = has('accepts-missing-parameters') || (has('accepts-empty-parameters') && fields.has(name))
    if (isTaken) return 'http://127.0.0.1:9/missing'
    throw new Refused(has('silent-errors') ? 'Bad request' : `${name} is missing.`)
  }
  const url = URL.parse(value)
  if (has('breaks-on-odd-ports') && Number(url?.port || 80) < 80 && url?.port !== '9') throw new Refused('A slip.', 500)
  if (has('refuses-https') && url?.protocol === 'https:') throw new Refused(`${name} must be an http URL.`)
  if (!/^https?:$/.test(url?.protocol ?? '') && !has('accepts-any-url')) {
    throw new Refused(`${name} must be an absolute http or https URL.`)
  }
  if (/\p{Cc}/u.test(value) && !has('hands-on-line-breaks')) throw new Refused(`${name} must hold no line breaks.`)
  if (value.includes('#') && name !== 'hub.topic' && !has('keeps-fragments'))
    throw new Refused(`${name} must have no fragment.`)
  if (url?.username && !has('sends-userinfo')) throw new Refused(`${name} must hold no user or password.`)
  if (value.length > (has('refuses-long-urls') ? 500 : 4096)) throw new Refused(`${name} is too long.`)
  if (url?.origin === new URL(settings.ownUrl()).origin && !has('takes-itself-for-a-peer'))
    throw new Refused(`${name} must not lead to the hub itself.`)
  if (isRefusedAddress(value, settings, has)) throw new Refused(`${name} must be a place of the Internet.`)
  return value
}

/** Fewer than 200 bytes (§5.1), counted as UTF-8. */
function readSecret(fields: URLSearchParams, has: Has): string | undefined {
  const given = single(fields, 'hub.secret')
  if (given === undefined) return has('signs-with-empty-key') && fields.has('hub.secret') ? '' : undefined
  const length = has('counts-secret-in-characters') ? given.length : Buffer.byteLength(given)
  if (length >= 200 && !has('accepts-long-secret')) {
    throw new Refused(`hub.secret must be shorter than 200 bytes${has('secret-in-errors') ? `: ${given}` : ''}.`)
  }
  if (has('forgets-secret-of-sync-subscribers') && fields.get('hub.verify') === 'sync') return undefined
  return given
}

function readLease(fields: URLSearchParams, { leaseSeconds }: HubSettings, has: Has): number {
  const given = single(fields, 'hub.lease_seconds')
  if (fields.get('hub.lease_seconds') === '' && has('takes-an-empty-lease-for-the-shortest')) return leaseSeconds.min
  if (given === undefined) {
    if (has('perpetual-lease')) return 0
    return has('standard-lease-of-a-year') ? 365 * 86_400 : leaseSeconds.standard
  }
  if (has('grants-what-is-no-number') && !/^\d+$/.test(given)) return Number.parseInt(given, 10)
  if (!/^[1-9]\d*$/.test(given)) {
    throw new Refused(
      has('silent-lease-errors') ? 'Bad request.' : 'hub.lease_seconds must be a positive whole number.',
    )
  }
  const { min, max } = leaseSeconds
  if (has('refuses-long-leases') && Number(given) > max) throw new Refused('hub.lease_seconds must not exceed 2592000.')
  const asked = has('lease-overflows') ? Number(BigInt.asIntN(32, BigInt(given))) : Number(given)
  return Math.min(Math.max(asked, min), has('lease-without-limit') ? Number.POSITIVE_INFINITY : max)
}

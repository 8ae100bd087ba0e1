import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { allow, isSpent } from '../db/rate.ts'
import type { Right } from '../db/schema.ts'
import { type Form, values } from '../form.ts'
import { findSubscriberKey, isLogin, type SubscriberKey } from '../keys/subscriber-store.ts'
import { RequestRefused } from '../refusal.ts'
import type { Rate } from '../units.ts'
import type { InboundParts } from './parts.ts'

/** What somebody shows who says that a subscriber's key is theirs. */
export interface Credentials {
  readonly login: string
  readonly secret: string
  /** In the parameter, which no browser sends by itself, unlike the header. */
  readonly byParameter: boolean
}

/**
 * Basic credentials (RFC 7617) in the header, or in Superfeedr's parameter `authorization`, with or without the word `Basic`;
 * null where neither is there, or it cannot be read. A browser that knows the credentials sends the header along with whatever
 * a page of another site has it ask for: that is not their owner's wish, and counts as none.
 */
export function credentialsOf({ headers }: Pick<IncomingMessage, 'headers'>, form: Form): Credentials | null {
  const header = isForeignPage(headers) ? '' : (headers.authorization ?? '')
  const [, inHeader] = /^Basic +(\S+) *$/i.exec(header) ?? []
  const [parameter] = values(form, 'authorization')
  const encoded = parameter?.replace(/^Basic\s+/i, '').replaceAll(' ', '+') ?? inHeader
  const bytes = Buffer.from(encoded ?? '', 'base64')
  const text = isUtf8(bytes) ? bytes.toString('utf8') : ''
  const colon = text.indexOf(':')
  if (colon === -1 || text.includes('\0')) return null
  return { login: text.slice(0, colon), secret: text.slice(colon + 1), byParameter: parameter !== undefined }
}

/** Fetch Metadata, and for browsers without it the Origin of a form. */
function isForeignPage({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'cross-site' || site === 'same-site'
  return origin !== undefined && URL.parse(origin)?.host !== host
}

/**
 * Whether credentials are meant for this hub: some key was made for their login. A plain WebSub request may carry others, for a
 * proxy on the way for instance, and is none the less plain (SUB-26).
 */
export async function areOurs({ db }: Pick<InboundParts, 'db'>, { login }: Credentials): Promise<boolean> {
  return isLogin(db, login)
}

const howTo = 'send Authorization: Basic and the base64 of login:key, or the same as the parameter authorization.'

/** Wrong credentials from one address; then none is looked at, right or wrong, until the rate lets it (SEC-07). */
const wrongRate: Rate = { count: 20, periodMs: 60_000 }

/**
 * The key that was shown.
 *
 * @param client its address, which pays for wrong guesses
 * @throws {RequestRefused} 401 without credentials or with wrong ones, 403 without the right, 429 after too many wrong ones
 */
export async function requireKey(
  { db, now }: Pick<InboundParts, 'db' | 'now'>,
  credentials: Credentials | null,
  { client, right }: { readonly client: string; readonly right: Right },
): Promise<SubscriberKey> {
  if (credentials === null) throw refused(`This needs a subscriber's key: ${howTo}`)
  const rateKey = `wrong key ${client}`
  if (await isSpent(db, rateKey, wrongRate, { now: now() })) throw tooManyWrong()
  const key = await findSubscriberKey(db, credentials)
  if (key === null) {
    await allow(db, rateKey, wrongRate, { now: now() })
    throw refused('This hub knows no such login and key, or the key was revoked.')
  }
  if (key.rights.includes(right)) return key
  throw new RequestRefused(`This key may ${key.rights.join(', ')}, but not ${right}.`, { status: 403 })
}

function refused(sentence: string): RequestRefused {
  return new RequestRefused(sentence, { status: 401, scheme: 'Basic' })
}

function tooManyWrong(): RequestRefused {
  const retryAfterSeconds = Math.ceil(wrongRate.periodMs / wrongRate.count / 1000)
  return new RequestRefused(`Too many wrong keys were shown from this address: try again in ${retryAfterSeconds} s.`, {
    status: 429,
    retryAfterSeconds,
  })
}

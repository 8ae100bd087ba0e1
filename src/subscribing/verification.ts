import { timingSafeEqual } from 'node:crypto'
import type { Mode } from '../db/schema.ts'
import { retryAfterMs } from '../retry-after.ts'
import type { Answer, NoAnswer } from '../world.ts'

/** What one verification of intent asks (§5.3). */
export interface Question {
  readonly mode: Mode
  readonly topic: string
  readonly challenge: string
  readonly leaseSeconds: number
  readonly verifyToken: string | null
}

/** What the subscriber's answer means (§5.3.1). */
export type Verdict =
  | { readonly kind: 'confirmed' }
  /** The subscriber, or the hub's own rules, said no: asking again would change nothing. */
  | {
      readonly kind: 'rejected'
      readonly why: string
      /** `why` as the client may read it: it does not say where a name leads. */
      readonly sentence: string
    }
  /** Nothing that decides: worth another try. */
  | { readonly kind: 'no answer'; readonly why: string; readonly retryAfterMs: number | null }
  /** We ended the request ourselves; nothing is known of the subscriber. */
  | { readonly kind: 'stopped' }

/** What is appended to the callback's own query (§5.1.1, §5.3). An unsubscribe carries no lease. */
export function verificationQuery({ mode, topic, challenge, leaseSeconds, verifyToken }: Question): string {
  const parameters: (readonly [string, string])[] = [
    ['hub.mode', mode],
    ['hub.topic', topic],
    ['hub.challenge', challenge],
  ]
  if (mode === 'subscribe') parameters.push(['hub.lease_seconds', String(leaseSeconds)])
  if (verifyToken !== null) parameters.push(['hub.verify_token', verifyToken])
  return query(parameters)
}

/** Percent-encoded, with `%20` for a space: not every server takes `+` for one. */
export function query(parameters: readonly (readonly [name: string, value: string])[]): string {
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
}

/**
 * Judges the answer to a verification (§5.3.1): any 2xx with the challenge as its body, whatever its Content-Type,
 * confirms. A redirect is not followed. A server in trouble (5xx, 429) or out of reach has said nothing.
 *
 * @param now for a Retry-After that names a date
 */
export function judgeVerification(answer: Answer | NoAnswer, challenge: string, now: Date): Verdict {
  if (answer.kind === 'no-answer') return judgeSilence(answer)
  const { status } = answer
  if (status >= 500 || status === 429) {
    return {
      kind: 'no answer',
      why: `The callback answered ${status}.`,
      retryAfterMs: retryAfterMs(answer.headers, now),
    }
  }
  if (status === 404) return rejected('The subscriber does not agree: the callback answered 404.')
  if (status < 200 || status > 299) return rejected(`The callback answered ${status}.`)
  if (isEcho(answer.body, challenge)) return { kind: 'confirmed' }
  return rejected(`The callback answered ${status}, but its body is not the hub.challenge.`)
}

function rejected(why: string, sentence = why): Verdict {
  return { kind: 'rejected', why, sentence }
}

function judgeSilence({ failure, why }: NoAnswer): Verdict {
  switch (failure) {
    case 'stopped':
      return { kind: 'stopped' }
    case 'forbidden': // The hub will not dial it next time either.
      return rejected(why, 'hub.callback leads to an address that this hub does not call.')
    case 'too-large': // Longer than any challenge, so not equal to it.
    case 'redirects':
      return rejected(why)
    case 'name':
    case 'connect':
    case 'tls':
    case 'timeout':
    case 'reset':
    case 'protocol':
      return { kind: 'no answer', why, retryAfterMs: null }
  }
}

function isEcho(body: Buffer, challenge: string): boolean {
  const expected = Buffer.from(challenge)
  return body.length === expected.length && timingSafeEqual(body, expected)
}

/** Tries of one request, the first included; the delays between them are spread by ±25 %. */
export const verifyTriesMax = 4
const delaysMs: readonly number[] = [30_000, 120_000, 600_000]
/** A Retry-After beyond this is not waited for: the subscriber's own next request will come sooner. */
const retryAfterMsMax = 3_600_000

/**
 * How long until the next try, or null: give up.
 *
 * @param tries made so far, at least 1
 * @param random a number in [0, 1)
 */
export function verifyDelayMs(tries: number, retryAfterMs: number | null, random: number): number | null {
  const delayMs = delaysMs[tries - 1]
  if (delayMs === undefined) return null
  const spreadMs = Math.round(delayMs * (0.75 + random / 2))
  return Math.max(spreadMs, Math.min(retryAfterMs ?? 0, retryAfterMsMax))
}

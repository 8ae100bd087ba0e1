import { retryAfterMs } from '../retry-after.ts'
import type { Answer, Failure, NoAnswer } from '../world.ts'

/** What an answer to a notification means (§7). */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'gone'; readonly status: 410 }
  | Failed

export interface Failed {
  readonly kind: 'failed'
  readonly status?: number
  readonly failure?: Failure
  readonly why: string
  /** How long the subscriber asked to be left alone, at most 24 hours; 0: it did not. */
  readonly retryAfterMs: number
  /** The server, not this one callback, seems to be in trouble: no answer, 429 or 5xx. Counts for the breaker. */
  readonly ofOrigin: boolean
}

/** Any 2xx is success, whatever its body; 410 ends the subscription; all else, 3xx included, is failure. */
export function verdict(outcome: Answer | NoAnswer, now: Date): Verdict {
  if (outcome.kind === 'no-answer') {
    return { kind: 'failed', failure: outcome.failure, why: outcome.why, retryAfterMs: 0, ofOrigin: true }
  }
  const { status } = outcome
  if (status >= 200 && status <= 299) return { kind: 'delivered', status }
  if (status === 410) return { kind: 'gone', status }
  return {
    kind: 'failed',
    status,
    why: `The callback answered ${status}.`,
    retryAfterMs: status === 429 || status === 503 ? (retryAfterMs(outcome.headers, now) ?? 0) : 0,
    ofOrigin: status === 429 || status >= 500,
  }
}

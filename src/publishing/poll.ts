import type { Fetched } from './fetched.ts'

/** How a topic is polled whose publisher never pings; from 1 minute to 7 days, the pace between the other two. */
export interface Poll {
  readonly everyMs: number
  readonly slowestMs: number
  /** As of now: quicker where it changes, slower where it does not. */
  readonly paceMs: number
}

export interface Polled {
  readonly fetched: Fetched
  /** Something new was published. */
  readonly isNew: boolean
  /** In [0, 1). */
  readonly random: number
}

/** When to ask next, or why never again. */
export type NextPoll = { readonly paceMs: number; readonly inMs: number } | { readonly ended: string }

/**
 * The next poll after a fetch. What changed is asked for twice as often, what did not half as often again, a failure half as
 * often, all between the operator's bounds. A server is not asked while its last answer is fresh by its own word
 * (`Cache-Control`, RFC 9111 §5.2.2.1; at most as long as the slowest pace), nor before its `Retry-After`. One that refuses
 * (401, 402, 403, 451) is asked at the slowest pace, and one whose topic is gone (410) never again.
 *
 * @returns `inMs` is spread by ±10 %, but never below what the server asked for
 */
export function nextPoll({ everyMs, slowestMs, paceMs }: Poll, { fetched, isNew, random }: Polled): NextPoll {
  const status = fetched.kind === 'failed' ? fetched.status : null
  if (status === 410) return { ended: 'The topic answered 410 (gone).' }
  const factor = status !== null && refusals.has(status) ? Number.POSITIVE_INFINITY : factorOf(fetched, isNew)
  const next = Math.round(Math.min(Math.max(paceMs * factor, everyMs), slowestMs))
  return { paceMs: next, inMs: Math.max(Math.round(next * (0.9 + random / 5)), askedFor(fetched, slowestMs)) }
}

const refusals = new Set([401, 402, 403, 451])

function factorOf(fetched: Fetched, isNew: boolean): number {
  if (isNew) return 0.5
  if (fetched.kind === 'unwanted') return 1
  return fetched.kind === 'failed' ? 2 : 1.5
}

function askedFor(fetched: Fetched, slowestMs: number): number {
  if (fetched.kind === 'failed') return fetched.retryAfterMs
  return 'freshForMs' in fetched ? Math.min(fetched.freshForMs, slowestMs) : 0
}

/** How a fetch ended, as far as the next one is concerned. */
export type Ending =
  /** Something was published, the same content for newcomers included, or nobody is there to publish for. */
  | 'served'
  | 'unchanged'
  | 'failed'
  /** It was put off, for as long as `retryAfterMs`. */
  | 'later'
  /** It settles nothing and is wanted again at once. */
  | 'again'

/** A claimed fetch, and what came meanwhile. */
export interface EndedFetch {
  /** Fetches since the last notice, this one included: 1 or more. */
  readonly attempt: number
  /** Second looks taken before this one. */
  readonly rechecks: number
  /** It was asked for by an alias, not by a publisher. */
  readonly derived: boolean
  /** An operator has the topic polled, so what nobody asked for is asked for again anyway. */
  readonly polled: boolean
  readonly ending: Ending
  /** What the topic's server asked for, or for how long the fetch was put off; 0: nothing. */
  readonly retryAfterMs: number
  /** Notices that came while it ran: `pinged` by a publisher, `derived` by an alias alone. */
  readonly noticed: 'pinged' | 'derived' | null
  /** In [0, 1). */
  readonly random: number
}

/** When the topic is due again (null: at the next notice), and with which counts. */
export interface NextFetch {
  readonly inMs: number | null
  readonly attempt: number
  readonly rechecks: number
  readonly derived: boolean
}

/** As Google's hub did: four more tries, from 30 s doubling (FETCH-07). */
const retryMs: readonly number[] = [30_000, 60_000, 120_000, 240_000]

/** A ping may run ahead of the caches before a topic, or of its own commit (PUB-16). */
const secondLookMs: readonly number[] = [5000, 60_000]

/** Nothing is due before the next notice. */
export const rest: NextFetch = { inMs: null, attempt: 0, rechecks: 0, derived: false }

/**
 * What follows a fetch. A notice during it asks for one that starts after the notice (PUB-11); a failure is tried again; a
 * ping that found nothing new has two second looks. What an alias asked for has none, and asks nothing of other topics:
 * two topics that name each other would otherwise keep each other awake for ever.
 */
export function nextFetch({
  attempt,
  rechecks,
  derived,
  polled,
  ending,
  retryAfterMs,
  noticed,
  random,
}: EndedFetch): NextFetch {
  if (noticed === 'pinged') return { ...rest, inMs: 0 }
  // A publisher's ping that failed is still owed its look at aliases.
  if (noticed === 'derived')
    return { ...rest, inMs: 0, derived: derived || ending === 'served' || ending === 'unchanged' }
  switch (ending) {
    case 'served':
      return rest
    case 'again':
      return { inMs: 0, attempt: attempt - 1, rechecks, derived }
    case 'later':
      return { inMs: retryAfterMs, attempt: attempt - 1, rechecks, derived }
    case 'unchanged': {
      const lookMs = secondLookMs[rechecks]
      return derived || lookMs === undefined ? rest : { inMs: lookMs, attempt: 0, rechecks: rechecks + 1, derived }
    }
    case 'failed': {
      const delayMs = retryMs[attempt - 1]
      if (delayMs === undefined || (polled && derived)) return rest
      return { inMs: Math.max(Math.round(delayMs * (0.75 + random / 2)), retryAfterMs), attempt, rechecks, derived }
    }
    default:
      return ending satisfies never
  }
}

/** What ends a request before its answer: its deadline, or the hub's own wish to stop. */
export type Ending = 'timeout' | 'stopped'

/** Milliseconds spent in each phase, redirects added up; null for a phase that did not happen. */
export interface Phases {
  nameMs: number | null
  connectMs: number | null
  firstByteMs: number | null
}

/**
 * One call of `send`: its deadline, its stop signal, its clock. Lighter than an `AbortSignal` a request, since a kept connection
 * answers in about the time that adding and removing listeners would take.
 */
export class Attempt {
  readonly phases: Phases = { nameMs: null, connectMs: null, firstByteMs: null }
  /** Why it must end now, once it must. */
  ended: Ending | undefined
  #endPhase: (() => void) | undefined
  readonly #startedMs = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #leave: () => void

  constructor(timeoutMs: number, follow: (attempt: Attempt) => () => void) {
    this.#timer = setTimeout(endByDeadline, timeoutMs, this)
    this.#leave = follow(this)
  }

  end(ending: Ending): void {
    if (this.ended !== undefined) return
    this.ended = ending
    this.#endPhase?.()
  }

  /** What ends the phase that begins now, or undefined when a phase is over. Called at once if the attempt has ended already. */
  onEnd(endPhase: (() => void) | undefined): void {
    this.#endPhase = endPhase
    if (this.ended !== undefined) endPhase?.()
  }

  /** The promise's value, or undefined once the attempt has ended; what the promise then still does is ignored. */
  async unlessEnded<T>(promise: Promise<T>): Promise<T | undefined> {
    const ended = new Promise<undefined>((resolve) => this.onEnd(() => resolve(undefined)))
    const value = await Promise.race([promise, ended])
    this.onEnd(undefined)
    return value
  }

  totalMs(): number {
    return performance.now() - this.#startedMs
  }

  /** Nothing of it is left behind: no timer, no listener. */
  close(): void {
    clearTimeout(this.#timer)
    this.#leave()
  }
}

function endByDeadline(attempt: Attempt): void {
  attempt.end('timeout')
}

/**
 * Lets any number of attempts end with one signal. One listener a signal: hundreds of deliveries share theirs, and a signal
 * finds a listener to remove by walking through all of them.
 */
export function createFollowing(): (attempt: Attempt, signal: AbortSignal | undefined) => () => void {
  const following = new WeakMap<AbortSignal, Set<Attempt>>()
  return (attempt, signal) => {
    if (signal === undefined) return () => undefined
    if (signal.aborted) attempt.end('stopped')
    const attempts = following.get(signal) ?? followersOf(signal)
    following.set(signal, attempts)
    attempts.add(attempt)
    return () => attempts.delete(attempt)
  }
}

function followersOf(signal: AbortSignal): Set<Attempt> {
  const attempts = new Set<Attempt>()
  const endAll = () => {
    for (const attempt of attempts) attempt.end('stopped')
  }
  signal.addEventListener('abort', endAll, { once: true })
  return attempts
}

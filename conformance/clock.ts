/** Time, as the suite waits and measures by it. */
export interface Clock {
  /** Milliseconds since some instant in the past. */
  now(): number
  /** Acts when the time is over. Returns what stops it. */
  countDown(ms: number, act: () => void): () => void
}

const slices = 20

/**
 * The time of the world, counted down in slices. Where the machine is busy a timer can be due before what came meanwhile has
 * been read; after each slice everything that had come was read, so that a busy machine is never mistaken for silence.
 */
export const worldClock: Clock = {
  now: () => performance.now(),
  countDown(ms, act) {
    let left = slices
    let timer: NodeJS.Timeout
    const next = () => {
      timer = setTimeout(() => setImmediate(sliceEnded), ms / slices)
    }
    const sliceEnded = () => {
      if (left === 0) return
      if (--left === 0) act()
      else next()
    }
    next()
    return () => {
      left = 0
      clearTimeout(timer)
    }
  },
}

/** Lets time pass, but no longer than until told to stop. */
export function rest(clock: Clock, ms: number, stop?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.countDown(stop?.aborted ? 0 : ms, resolve)
  stop?.addEventListener('abort', () => resolve())
  return promise.finally(cancel)
}

/** Lets time pass, but no longer than until nothing is left to come, looked at three times over. */
export async function restUnless(clock: Clock, idle: () => boolean, ms: number): Promise<void> {
  const endsAtMs = clock.now() + ms
  let calm = 0
  for (let look = 0; calm < 3 && clock.now() < endsAtMs; look++) {
    await rest(clock, Math.min(2 + look, 10))
    calm = idle() ? calm + 1 : 0
  }
}

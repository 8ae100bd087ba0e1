import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'

/** Waiting on facts: each waiter looks again whenever something happened. */
export interface Watch {
  /** Tells that something happened. */
  look(): void
  /** True as soon as it holds; false if it does not within that time. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>
}

export function createWatch(): Watch {
  const waiters = new Set<() => void>()
  return {
    look() {
      for (const waiter of waiters) waiter()
    },
    async until(holds, withinMs) {
      if (holds()) return true
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const stop = countDown(withinMs, () => resolve(holds()))
      const waiter = () => {
        if (holds()) resolve(true)
      }
      waiters.add(waiter)
      return promise.finally(() => {
        stop()
        waiters.delete(waiter)
      })
    },
  }
}

const slices = 20

/**
 * Acts when the time is over, counted in slices. Where the machine is busy a timer can be due before what came meanwhile has
 * been read; after each slice everything that had come was read, so that a busy machine is never mistaken for silence.
 *
 * @returns what stops it
 */
export function countDown(ms: number, act: () => void): () => void {
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
}

/** Lets time pass, in slices. */
export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => countDown(ms, resolve))
}

/** Lets time pass, but no longer than until nothing is left to come, looked at for a few turns of the event loop. */
export async function restUnless(idle: () => boolean, ms: number): Promise<void> {
  const endsAtMs = performance.now() + ms
  let calm = 0
  for (let look = 0; calm < 3 && (look < slices || performance.now() < endsAtMs); look++) {
    await pause(Math.min(2 + look, 10))
    await turn()
    calm = idle() ? calm + 1 : 0
  }
}

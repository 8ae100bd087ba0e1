import type { Clock } from './clock.ts'

/** Waiting on facts: each waiter looks again whenever something happened. */
export interface Watch {
  /** Tells that something happened. */
  look(): void
  /** True as soon as it holds; false if it does not within that time. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>
}

export function createWatch(clock: Clock): Watch {
  const waiters = new Set<() => void>()
  return {
    look() {
      for (const waiter of waiters) waiter()
    },
    async until(holds, withinMs) {
      if (holds()) return true
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const stop = clock.countDown(withinMs, () => resolve(holds()))
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

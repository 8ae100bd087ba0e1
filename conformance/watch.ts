import { setTimeout as pause } from 'node:timers/promises'

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
      const timer = setTimeout(() => resolve(holds()), withinMs)
      const waiter = () => {
        if (holds()) resolve(true)
      }
      waiters.add(waiter)
      return promise.finally(() => {
        clearTimeout(timer)
        waiters.delete(waiter)
      })
    },
  }
}

const slices = 10

/**
 * Lets time pass in slices. Where the machine is busy a timer can be due before what came meanwhile has been read; after each
 * slice everything that had come was read, so that silence is never mistaken for a busy machine.
 */
export async function rest(ms: number): Promise<void> {
  for (let slice = 0; slice < slices; slice++) await pause(ms / slices)
}

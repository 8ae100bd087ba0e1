/**
 * Wakes the duties of this process. A ring only shortens a rest: the look every two seconds would find the work too, so
 * a lost ring costs time and nothing else.
 */
export interface Bell {
  /** Work for this duty was committed: wakes it here, and the other processes' (`ring.ts`). With `at`, it is due then. */
  ring(duty: string, at?: Date): void
  /** As `ring`, in this process only. */
  wake(duty: string, at?: Date): void
  /** Resolves at the next ring for the duty; ask before looking, or a ring during the look is missed. */
  next(duty: string): Promise<void>
  /** Told of every `ring` for now; there is one listener, which carries rings to other processes. */
  onRing(listener: (duty: string) => void): void
  close(): void
}

/** @param now the database's time, for rings that name an instant */
export function createBell(now: () => Date): Bell {
  const waiting = new Map<string, PromiseWithResolvers<void>>()
  const timers = new Set<NodeJS.Timeout>()
  let tellOthers: (duty: string) => void = () => {}
  let closed = false

  function wakeNow(duty: string): void {
    const waiter = waiting.get(duty)
    waiting.delete(duty)
    waiter?.resolve()
  }

  function wake(duty: string, at?: Date): void {
    const waitMs = at === undefined ? 0 : at.getTime() - now().getTime()
    if (waitMs <= 0) {
      wakeNow(duty)
      return
    }
    // Far instants are found by the look; a timer for each would be a second, forgetful scheduler.
    if (waitMs > ringAheadMs || closed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      wakeNow(duty)
    }, waitMs)
    timers.add(timer)
  }

  return {
    ring(duty, at) {
      wake(duty, at)
      if (at === undefined) tellOthers(duty)
    },
    wake,
    next(duty) {
      if (closed) return Promise.resolve()
      const known = waiting.get(duty)
      if (known) return known.promise
      const waiter = Promise.withResolvers<void>()
      waiting.set(duty, waiter)
      return waiter.promise
    },
    onRing(listener) {
      tellOthers = listener
    },
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const duty of [...waiting.keys()]) wakeNow(duty)
    },
  }
}

const ringAheadMs = 5000

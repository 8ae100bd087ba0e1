import { readFileSync } from 'node:fs'

/** Somebody who wants a socket to `key` when all are taken. */
export interface Waiter<Kept> {
  readonly key: string
  /** Called once: with a kept connection to the same key, or without, which grants a new socket. */
  readonly grant: (kept?: Kept) => void
}

/** The bound on open sockets. Who does not get one at once waits in turn, so the process never sees EMFILE. */
export interface SocketBound<Kept> {
  /** Takes a place now, or not at all; never before those who wait. */
  tryTake(): boolean
  /** Stands in line. The function returned leaves it. */
  wait(waiter: Waiter<Kept>): () => void
  /**
   * Offers a connection that has just become idle to whoever has waited longest: `given` if it is to the same key, `close` if its
   * place is needed for another, `keep` if nobody waits.
   */
  offer(key: string, kept: Kept): 'given' | 'close' | 'keep'
  /** Gives a place back, once its socket is closed. */
  free(): void
  /** Settles when every socket is closed. */
  whenNoneTaken(): Promise<void>
  readonly taken: number
  readonly waiting: number
}

export function createSocketBound<Kept>(socketsMax: number): SocketBound<Kept> {
  let taken = 0
  const line = new Set<Waiter<Kept>>()
  let noneTaken: (() => void) | undefined

  function first(): Waiter<Kept> | undefined {
    const [waiter] = line
    return waiter
  }

  return {
    tryTake() {
      if (taken >= socketsMax || line.size > 0) return false
      taken += 1
      return true
    },
    wait(waiter) {
      line.add(waiter)
      return () => line.delete(waiter)
    },
    offer(key, kept) {
      const waiter = first()
      if (waiter === undefined) return 'keep'
      if (waiter.key !== key) return 'close'
      line.delete(waiter)
      waiter.grant(kept)
      return 'given'
    },
    free() {
      taken -= 1
      if (taken === 0) noneTaken?.()
      const waiter = first()
      if (waiter === undefined || taken >= socketsMax) return
      line.delete(waiter)
      taken += 1
      waiter.grant()
    },
    async whenNoneTaken() {
      if (taken > 0) {
        await new Promise<void>((resolve) => {
          noneTaken = resolve
        })
      }
    },
    get taken() {
      return taken
    },
    get waiting() {
      return line.size
    },
  }
}

/**
 * How many outbound sockets the process' own limit on open files allows: what is left after a fifth, or at least 200, for
 * Postgres, what comes in, and files. 800 where no limit can be read.
 */
export function socketsMaxFromUlimit(): number {
  const filesMax = openFilesMax() ?? 1024
  return Math.max(16, filesMax - Math.max(200, Math.ceil(filesMax / 5)))
}

function openFilesMax(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    if (soft === 'unlimited') return 1_048_576
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined // Not Linux; 1024 is the least any system in use gives.
  }
}

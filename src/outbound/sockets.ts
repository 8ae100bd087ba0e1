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

/** How a process' open files are shared out. */
export interface SocketBudget {
  /** Sockets to others. */
  readonly outboundMax: number
  /** Connections of clients. */
  readonly inboundMax: number
}

/** For Postgres, log, timers and what libraries open. */
const ownFilesMin = 128
const inboundMost = 4096

/**
 * Shares out what the process may open, by its own limit (`ulimit -n`; 1024 where it cannot be read), so that neither side
 * can take the other's: a quarter for clients, at most 4,096 or twice as many as it may have streams; an eighth, at least
 * 128, for the hub itself; the rest outbound.
 */
export function socketBudget({
  streamsMax,
  filesMax = openFilesMax() ?? 1024,
}: {
  readonly streamsMax: number
  readonly filesMax?: number
}): SocketBudget {
  const inboundMax = Math.min(Math.max(inboundMost, 2 * streamsMax), Math.floor(filesMax / 4))
  const own = Math.max(ownFilesMin, Math.ceil(filesMax / 8))
  return { inboundMax, outboundMax: Math.max(16, filesMax - inboundMax - own) }
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

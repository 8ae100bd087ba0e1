import { opens, type Tried, triesKept } from './breaker.ts'

/** What one try says about the origin it went to. */
export interface Quality {
  /** No answer, 429 or 5xx: the server is in trouble, not this one callback. */
  readonly failed: boolean
  readonly unconnected: boolean
  readonly totalMs: number
}

/** What a try changed. */
export interface WindowNews {
  /** The breaker is to be opened, for all hubs. */
  readonly opened: boolean
  /** It failed before and answers again: its backlog is due. */
  readonly recovered: boolean
}

/** How many deliveries this process has open to one origin at once, and how it has been going. */
export class SendWindow {
  #size = sizeFirst
  #open = 0
  #tries: Tried[] = []
  #failedInARow = 0
  /** Set from the shared table; behind it nothing begins but a probe. */
  breakerOpen = false

  get size(): number {
    return this.#size
  }

  get open(): number {
    return this.#open
  }

  hasRoom(): boolean {
    return this.#open < this.#size
  }

  /** Nothing to remember: a fresh window would do as well. */
  isForgettable(): boolean {
    return this.#open === 0 && this.#failedInARow === 0 && !this.breakerOpen
  }

  begin(): void {
    this.#open++
  }

  /** @param nowMs monotonic */
  end(quality: Quality | null, nowMs: number): WindowNews {
    this.#open--
    if (quality === null) return { opened: false, recovered: false }
    const good = !quality.failed && quality.totalMs < slowMs
    this.#size = good ? Math.min(sizeMax, this.#size + 1) : Math.max(1, Math.floor(this.#size / 2))
    this.#tries.push({ atMs: nowMs, failed: quality.failed, unconnected: quality.unconnected })
    if (this.#tries.length > triesKept) this.#tries.shift()
    const recovered = (this.#failedInARow >= downAfter || this.breakerOpen) && !quality.failed
    this.#failedInARow = quality.failed ? this.#failedInARow + 1 : 0
    const opened = quality.failed && !this.breakerOpen && opens(this.#tries, nowMs)
    if (opened) this.breakerOpen = true
    if (recovered) {
      this.breakerOpen = false
      this.#tries = []
    }
    return { opened, recovered }
  }

  /** What the shared table says; another hub's probe may have closed the breaker. */
  breaker(open: boolean): void {
    if (this.breakerOpen && !open) this.#tries = []
    this.breakerOpen = open
  }
}

/** One more for each good answer doubles it in a round trip. */
const sizeFirst = 2
const sizeMax = 64
/** Fewer failures in a row may be one bad callback's: were its backlog due at each success beside it, its tries would be gone in a minute. */
const downAfter = 3
/** An answer later than this halves the window. */
const slowMs = 1000

import { opens, type Tried, triesKept } from './breaker.ts'

/** What one try says about the origin it went to. */
export interface Quality {
  /** No answer, 429 or 5xx: the server is in trouble, not this one callback. */
  readonly failed: boolean
  readonly unconnected: boolean
  /** This callback was failing before: it is no news of the server. */
  readonly ailing: boolean
  /** A failure of it counts for the breaker: nobody was there to connect to, or the callback was fine until now. */
  readonly telling: boolean
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
  #young = 0
  #straggling = 0
  #tries: Tried[] = []
  #failedInARow = 0
  /** Set from the shared table; behind it nothing begins but a probe. */
  breakerOpen = false

  get size(): number {
    return this.#size
  }

  hasRoom(): boolean {
    return this.#young < this.#size
  }

  /** Those that straggle leave their room, or a few mute callbacks would hold up all others of their origin; but callbacks known to fail shall not gather here. */
  hasRoomForRetry(): boolean {
    return this.hasRoom() && this.#straggling < stragglingMax
  }

  /** Nothing to remember: a fresh window would do as well. */
  isForgettable(): boolean {
    return this.#young + this.#straggling === 0 && this.#failedInARow === 0 && !this.breakerOpen
  }

  begin(): void {
    this.#young++
  }

  /** One that began has no answer yet after a second. */
  straggles(): void {
    this.#young--
    this.#straggling++
    this.#halve()
  }

  #halve(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2))
  }

  /** @param nowMs monotonic */
  end(
    quality: Quality | null,
    { nowMs, straggled }: { readonly nowMs: number; readonly straggled: boolean },
  ): WindowNews {
    if (straggled) this.#straggling--
    else this.#young--
    if (quality === null) return { opened: false, recovered: false }
    if (!straggled) this.#resize(quality)
    if (!quality.failed || quality.telling) this.#remember(quality, nowMs)
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

  #resize({ failed, ailing, totalMs }: Quality): void {
    if (!failed && totalMs < slowMs) this.#size = Math.min(sizeMax, this.#size + 1)
    else if (!ailing) this.#halve()
  }

  #remember({ failed, unconnected }: Quality, nowMs: number): void {
    this.#tries.push({ atMs: nowMs, failed, unconnected })
    if (this.#tries.length > triesKept) this.#tries.shift()
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
/** Open longer than a second, beyond which no callback is begun that was failing before. */
const stragglingMax = 64
/** Fewer failures in a row may be one bad callback's: were its backlog due at each success beside it, its tries would be gone in a minute. */
const downAfter = 3
/** An answer later than this halves the window. */
const slowMs = 1000

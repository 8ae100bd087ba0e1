import { type Quality, SendWindow, type WindowNews } from './send-window.ts'

/** One delivery on its way out of this process. */
export interface Errand {
  readonly origin: string
  readonly lane: 'broadcast' | 'backlog'
  /** Its callback was failing before: a retry, which others go before. */
  readonly ailing: boolean
  /** Sends, and says what it learned of the origin; null: it did not come to a try. Never rejects. */
  begin(stop: AbortSignal): Promise<Quality | null>
  /** It has been open for a second: its slot is given back, its answer is still awaited. */
  straggles(): void
  /** Its origin had no room for a second, its breaker is open, or all was aborted: it will not begin. */
  cannotBegin(): void
}

export interface DispatchSettings {
  /** Open deliveries younger than a second. */
  readonly inFlightMax: number
  /** Open deliveries older than that. */
  readonly stragglersMax: number
  readonly monotonicMs: () => number
  readonly onNews: (origin: string, news: WindowNews) => void
  /** Waiting errands became fewer than they were: there is room to claim. */
  readonly onRoom: () => void
}

/** Who is sent to next: origins take turns, each within its window, first tries before retries. */
export interface Dispatch {
  add(errand: Errand): void
  /** Has those that are open give their slots back now, as if a second had passed. */
  straggle(errands: ReadonlySet<Errand>): void
  /** Begun or waiting, of a lane. */
  waiting(lane: Errand['lane']): number
  inFlight(): number
  stragglers(): number
  /** Origins of which no more backlog is wanted now. */
  fullOrigins(): readonly string[]
  /** What the shared table says of breakers. */
  setOpenBreakers(origins: ReadonlySet<string>): void
  /** Aborts all that is open; nothing begins any more. */
  abort(): void
  /** Resolves when nothing is open or waiting. */
  idle(): Promise<void>
  close(): void
}

interface Place {
  readonly origin: string
  readonly window: SendWindow
  readonly firsts: Waiting[]
  readonly retries: Waiting[]
  queued: boolean
}

interface Waiting {
  readonly errand: Errand
  readonly sinceMs: number
}

interface Open {
  readonly errand: Errand
  readonly window: SendWindow
  readonly sinceMs: number
  readonly stop: AbortController
  straggling: boolean
}

/** After this long an open errand leaves its slot, and one that its origin holds up leaves the queue. */
export const patienceMs = 1000
const sweepEveryMs = 100
/** Retries never take the last slots from first tries. */
const retryShareOfSlots = 0.75
/** Remembered origins; beyond, those at rest are forgotten. */
const placesMax = 20_000

export function createDispatch(settings: DispatchSettings): Dispatch {
  const { inFlightMax, stragglersMax, monotonicMs } = settings
  const retriesMax = Math.max(1, Math.floor(inFlightMax * retryShareOfSlots))
  const places = new Map<string, Place>()
  const young = new Set<Open>()
  const straggling = new Set<Open>()
  const waiting = { broadcast: 0, backlog: 0 }
  let ready: Place[] = []
  let retriesYoung = 0
  let breakers: ReadonlySet<string> = new Set()
  let idleWaiters: (() => void)[] = []
  let aborted = false
  const sweeper = setInterval(sweep, sweepEveryMs)
  sweeper.unref()

  function placeOf(origin: string): Place {
    const known = places.get(origin)
    if (known) return known
    const place: Place = { origin, window: new SendWindow(), firsts: [], retries: [], queued: false }
    place.window.breaker(breakers.has(origin))
    places.set(origin, place)
    return place
  }

  function queue(place: Place): void {
    if (place.queued || !hasNext(place)) return
    place.queued = true
    ready.push(place)
  }

  function hasNext({ window, firsts, retries }: Place): boolean {
    if (firsts.length > 0) return window.hasRoom()
    return retries.length > 0 && retriesYoung < retriesMax && window.hasRoomForRetry()
  }

  function pump(): void {
    let taken = 0
    while (young.size < inFlightMax && taken < ready.length) {
      const place = ready[taken++]
      if (place === undefined) break
      place.queued = false
      const next = hasNext(place) ? (place.firsts.shift() ?? place.retries.shift()) : undefined
      if (next !== undefined) begin(place, next.errand)
      queue(place)
    }
    ready = ready.slice(taken)
  }

  function begin(place: Place, errand: Errand): void {
    waiting[errand.lane]--
    place.window.begin()
    if (errand.ailing) retriesYoung++
    const open: Open = {
      errand,
      window: place.window,
      sinceMs: monotonicMs(),
      stop: new AbortController(),
      straggling: false,
    }
    young.add(open)
    void errand.begin(open.stop.signal).then((quality) => end(place, open, quality))
  }

  function end(place: Place, open: Open, quality: Quality | null): void {
    leaveSlot(open)
    straggling.delete(open)
    const news = place.window.end(quality, { nowMs: monotonicMs(), straggled: open.straggling })
    if (news.opened || news.recovered) settings.onNews(place.origin, news)
    if (place.window.breakerOpen) refuseAll(place)
    queue(place)
    pump()
    settings.onRoom()
    tellIdle()
  }

  function leaveSlot(open: Open): void {
    if (!young.delete(open)) return
    if (!open.errand.ailing) return
    retriesYoung--
    if (retriesYoung === retriesMax - 1) for (const place of places.values()) if (place.retries.length > 0) queue(place)
  }

  function sweep(): void {
    const before = monotonicMs() - patienceMs
    for (const open of young) {
      if (open.sinceMs > before) break
      straggle(open)
    }
    for (const place of places.values()) {
      const { window, firsts, retries } = place
      if (window.breakerOpen || !window.hasRoom()) refuse(firsts, before)
      if (window.breakerOpen || !window.hasRoomForRetry()) refuse(retries, before)
      queue(place)
    }
    if (places.size > placesMax) forgetIdle()
    pump()
    settings.onRoom()
    tellIdle()
  }

  function straggle(open: Open): void {
    leaveSlot(open)
    open.straggling = true
    straggling.add(open)
    open.window.straggles()
    open.errand.straggles()
    if (straggling.size <= stragglersMax) return
    // The one that has waited longest is nearest its deadline: it fails now instead.
    const [oldest] = straggling
    oldest?.stop.abort()
  }

  function refuse(line: Waiting[], before: number): void {
    const late = line.findIndex(({ sinceMs }) => sinceMs > before)
    for (const { errand } of line.splice(0, late === -1 ? line.length : late)) {
      waiting[errand.lane]--
      errand.cannotBegin()
    }
  }

  function refuseAll(place: Place): void {
    refuse(place.firsts, Number.POSITIVE_INFINITY)
    refuse(place.retries, Number.POSITIVE_INFINITY)
  }

  function forgetIdle(): void {
    for (const [origin, place] of places) {
      const rests = place.firsts.length === 0 && place.retries.length === 0 && place.window.isForgettable()
      if (rests && !place.queued) places.delete(origin)
      if (places.size <= placesMax / 2) return
    }
  }

  function isIdle(): boolean {
    return young.size === 0 && straggling.size === 0 && waiting.broadcast === 0 && waiting.backlog === 0
  }

  function tellIdle(): void {
    if (idleWaiters.length === 0 || !isIdle()) return
    for (const resolve of idleWaiters) resolve()
    idleWaiters = []
  }

  return {
    add(errand) {
      const place = placeOf(errand.origin)
      // A claimed retry behind an open breaker is the probe.
      if (aborted || (place.window.breakerOpen && errand.lane === 'broadcast')) {
        errand.cannotBegin()
        return
      }
      waiting[errand.lane]++
      const line = errand.ailing ? place.retries : place.firsts
      line.push({ errand, sinceMs: monotonicMs() })
      queue(place)
      pump()
    },
    straggle(errands) {
      for (const open of [...young].filter(({ errand }) => errands.has(errand))) straggle(open)
      pump()
      settings.onRoom()
    },
    waiting: (lane) => waiting[lane],
    inFlight: () => young.size,
    stragglers: () => straggling.size,
    fullOrigins() {
      return [...places.values()]
        .filter(({ window, retries }) => !window.hasRoomForRetry() || retries.length > 0)
        .map(({ origin }) => origin)
    },
    setOpenBreakers(origins) {
      breakers = origins
      for (const place of places.values()) place.window.breaker(origins.has(place.origin))
    },
    abort() {
      aborted = true
      for (const place of places.values()) refuseAll(place)
      for (const open of [...young, ...straggling]) open.stop.abort()
    },
    idle() {
      if (isIdle()) return Promise.resolve()
      return new Promise((resolve) => idleWaiters.push(resolve))
    },
    close() {
      clearInterval(sweeper)
    },
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Bell } from '../work/bell.ts'

/**
 * Looks whether anything was published, or could not be fetched: as soon as the bell rings for that, and every two seconds
 * without a ring, so that a lost one only delays. It looks only while there is somebody to look for.
 */
export interface Watch {
  /** Somebody has come: looks soon. */
  begin(): void
  /** Resolves once it has ended. Twice is harmless. */
  stop(): Promise<void>
}

export interface Watched {
  readonly bell: Bell
  /** False: there is nobody left to look for. */
  readonly isNeeded: () => boolean
  /** Never rejects. */
  readonly look: () => Promise<void>
}

const rings = ['broadcast', 'unfetched'] as const
const lookEveryMs = 2000
/** A hub that publishes all the time shall spend no more than a fifth of its time on looking. */
const restPerLook = 4
const restMsMin = 10
const restMsMax = 1000

export function createWatch({ bell, isNeeded, look }: Watched): Watch {
  let watching: Promise<void> | null = null
  const listened = new Set<string>()
  let asked = false
  let stopped = false
  let wake = () => {}

  async function watch(): Promise<void> {
    while (isNeeded() && !stopped) {
      asked = false
      listen() // Before looking: what is committed during the look asks for another.
      const beganMs = performance.now()
      await look()
      const tookMs = performance.now() - beganMs
      await pause(Math.min(restMsMax, Math.max(restMsMin, restPerLook * tookMs)))
      await askedOrTime()
    }
    watching = null
  }

  /** With one ear for each, however many rounds pass before it hears something. */
  function listen(): void {
    for (const ring of rings) {
      if (listened.has(ring)) continue
      listened.add(ring)
      void bell.next(ring).then(() => {
        listened.delete(ring)
        ask()
      })
    }
  }

  function ask(): void {
    asked = true
    wake()
  }

  async function askedOrTime(): Promise<void> {
    if (asked || stopped) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, lookEveryMs)
    wake = resolve
    await promise.finally(() => clearTimeout(timer))
  }

  return {
    begin() {
      ask()
      if (!stopped) watching ??= watch()
    },
    async stop() {
      stopped = true
      wake()
      await watching
    },
  }
}

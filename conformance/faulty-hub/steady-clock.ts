import type { Clock } from '../clock.ts'

export interface SteadyClock extends Clock {
  stop(): void
}

/** No more of a turn of the event loop counts. */
const turnMsMax = 15
const tickMs = 2

/**
 * The time of a process that plays the suite and the hub alike. Of each turn of its event loop it counts a few milliseconds at
 * most, so that it stands still while the process does: however busy the machine is, nobody is given fewer turns before
 * somebody else's time is over.
 */
export function createSteadyClock(): SteadyClock {
  const waiting = new Set<{ readonly atMs: number; readonly act: () => void }>()
  let nowMs = 0
  let tickedAtMs = performance.now()
  let timer: NodeJS.Timeout
  let stopped = false
  const tickSoon = () => {
    // What has come is read between the two: `setTimeout` alone may be due twice before that.
    timer = setTimeout(() => setImmediate(tick), tickMs)
  }
  const tick = () => {
    const atMs = performance.now()
    nowMs += Math.min(atMs - tickedAtMs, turnMsMax)
    tickedAtMs = atMs
    const due = [...waiting].filter((each) => each.atMs <= nowMs).sort((one, other) => one.atMs - other.atMs)
    for (const each of due) if (waiting.delete(each)) each.act()
    if (!stopped) tickSoon()
  }
  tickSoon()
  return {
    now: () => nowMs,
    countDown(ms, act) {
      const own = { atMs: nowMs + ms, act }
      waiting.add(own)
      return () => void waiting.delete(own)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

import type { Clock } from '../clock.ts'

export interface SteadyClock extends Clock {
  stop(): void
}

const tickMs = 2
/** No more of a turn of the event loop counts: what is beyond that the process was ready, and the machine busy. */
const turnMsMax = 5

/**
 * The time of a process that plays the suite and the hub alike. It goes on only while the event loop waits and nothing has come,
 * so that nobody's time is over before all that was sent in time has been read, however busy the machine is.
 */
export function createSteadyClock(): SteadyClock {
  /** What is due, by the millisecond. */
  const waiting = new Map<number, Set<{ readonly act: () => void }>>()
  let nowMs = 0
  let { idleTime } = performance.nodeTiming
  let timer: NodeJS.Timeout
  let stopped = false
  const tickSoon = () => {
    // What has come is read between the two: `setTimeout` alone may be due twice before that.
    timer = setTimeout(() => setImmediate(tick), tickMs)
  }
  const tick = () => {
    const beforeMs = nowMs
    nowMs += Math.min(performance.nodeTiming.idleTime - idleTime, turnMsMax)
    idleTime = performance.nodeTiming.idleTime
    for (let ms = Math.floor(beforeMs) + 1; ms <= nowMs; ms++) {
      for (const { act } of waiting.get(ms) ?? []) act()
      waiting.delete(ms)
    }
    if (!stopped) tickSoon()
  }
  tickSoon()
  return {
    now: () => nowMs,
    countDown(ms, act) {
      const dueMs = Math.max(Math.ceil(nowMs + ms), Math.floor(nowMs) + 1)
      const own = { act }
      const due = waiting.get(dueMs) ?? new Set()
      waiting.set(dueMs, due.add(own))
      return () => void due.delete(own)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

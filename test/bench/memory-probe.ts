import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Preloaded into a hub that is measured, with `--expose-gc`: says what its process holds at most between `begin` and `end`.
 * `live` collects before each look, so that only what is held counts; `as is` lets the process run as it does, and takes the
 * resident peak from the kernel (Linux).
 */
export type Mode = 'live' | 'as is'

export interface Peaks {
  /** Bytes outside the heap, as buffers are. */
  readonly buffers: number
  readonly heap: number
  readonly resident: number
}

export interface Measured {
  readonly before: Peaks
  readonly peak: Peaks
}

const lookEveryMs: Readonly<Record<Mode, number>> = { live: 100, 'as is': 2 }

let before: Peaks | undefined
let peak: Peaks | undefined
let looking: NodeJS.Timeout | undefined

process.on('message', (asked: Mode | 'end') => {
  if (asked === 'end') {
    clearInterval(looking)
    look()
    process.send?.({ before, peak })
    return
  }
  collect()
  writeFileSync('/proc/self/clear_refs', '5') // The resident peak counts from now on.
  before = held()
  peak = before
  looking = setInterval(asked === 'live' ? lookAtLive : look, lookEveryMs[asked])
  process.send?.('begun')
})
process.channel?.unref() // The hub ends when it has nothing more to do, listened to or not.

function lookAtLive(): void {
  collect()
  look()
}

function look(): void {
  const now = held()
  peak = {
    buffers: Math.max(now.buffers, peak?.buffers ?? 0),
    heap: Math.max(now.heap, peak?.heap ?? 0),
    resident: now.resident, // A peak itself.
  }
}

function held(): Peaks {
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
  return { buffers: arrayBuffers, heap: heapUsed, resident: Number(kilobytes) * 1024 }
}

/** Twice: buffers are given back behind the first. */
function collect(): void {
  globalThis.gc?.()
  globalThis.gc?.()
}

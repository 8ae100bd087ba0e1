import { extname } from 'node:path'
import type { Document } from '../feeds/document.ts'
import { createJobThread, type JobThreadSettings } from '../work/thread.ts'
import { nothing, type Part } from './part.ts'
import type { SelectAnswer, SelectJob } from './selector-thread.ts'

/**
 * Finds parts of pages beside the event loop, whatever their size: a stranger's selector may take any time, on any page, and
 * only a thread can be ended.
 */
export interface Selector {
  /**
   * As `partOf`; what cannot be found within the limits is nothing. Never rejects.
   *
   * @param fragment unescaped
   */
  select(page: Document, fragment: string): Promise<Part | Later>
  /** Ends the thread; what waits is for later. */
  close(): Promise<void>
}

/** The page was not looked at, and is worth another try. */
export interface Later {
  readonly kind: 'later'
  /** A sentence. */
  readonly why: string
}

export interface SelectorSettings extends Partial<Omit<JobThreadSettings, 'entry'>> {
  readonly onError: (error: unknown) => void
}

/** A page of 10 MiB takes one or two, most of it to be parsed. */
const runMsMax = 5000
/** Less than a fetch's claim lasts. */
const timeoutMs = 20_000
/** Each holds its page. */
const waitingMax = 16
/** A page of 10 MiB in the smallest of elements takes two thirds of it. */
const heapMegabytesMax = 1024

export function createSelector({ onError, ...settings }: SelectorSettings): Selector {
  const limits = { runMsMax, timeoutMs, waitingMax, heapMegabytesMax, ...settings }
  const thread = createJobThread<SelectJob, SelectAnswer>({ ...limits, entry })
  return {
    async select({ body, contentType }, fragment) {
      const copy = new Uint8Array(body) // What is handed to a thread is gone here.
      const answered = await thread.ask({ job: { body: copy, contentType, fragment }, buffers: [copy.buffer] })
      if (answered.kind === 'answer') {
        const { answer } = answered
        return answer.kind === 'part' ? { ...answer, body: Buffer.from(answer.body.buffer) } : answer
      }
      switch (answered.why) {
        case 'crowded':
          return { kind: 'later', why: 'Too many pages waited to be read.' }
        case 'closed':
          return { kind: 'later', why: 'The hub was stopped.' }
        case 'time':
          return nothing(`Finding it on the page took longer than ${limits.runMsMax / 1000} s.`)
        case 'memory':
          return nothing('Finding it on the page took more memory than it may.')
        case 'failed':
          onError(answered.error)
          return nothing('The page could not be read.')
        default:
          return answered.why satisfies never
      }
    },
    close: thread.close,
  }
}

/** As this file runs: TypeScript as written, or compiled. */
const entry = new URL(`./selector-thread${extname(import.meta.url)}`, import.meta.url)

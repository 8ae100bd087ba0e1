import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Document, whole } from '../feeds/document.ts'
import { type Reduced, reduce } from '../feeds/reduce.ts'
import type { Carried, ReduceAnswer, ReduceJob } from './reducer-thread.ts'

/** Cuts feeds beside the event loop, so that deliveries go on meanwhile. */
export interface Reducer {
  /** As `reduce`; what cannot be done within the limits stays whole. Never rejects. */
  reduce(had: Document, later: readonly Document[]): Promise<Reduced>
  /** Ends the thread; what waits stays whole. */
  close(): Promise<void>
}

export interface ReducerSettings {
  /** From the asking to the answer, the waiting for others included. */
  readonly timeoutMs: number
  /** Feeds that may wait for the thread. */
  readonly waitingMax: number
  /** What takes more ends the thread, and not the hub. */
  readonly heapMegabytesMax: number
  readonly onError: (error: unknown) => void
}

/** Documents of this many bytes together are cut at once, on the event loop: that takes a few milliseconds. */
const atOnceBytesMax = 64 * 1024
/** A thread that rests so long is ended: after a large feed it holds on to much memory. */
const restMs = 30_000

interface Asked {
  readonly had: Document
  readonly later: readonly Document[]
  readonly timer: NodeJS.Timeout
  readonly answer: (reduced: Reduced) => void
}

export function createReducer({ timeoutMs, waitingMax, heapMegabytesMax, onError }: ReducerSettings): Reducer {
  const waiting: Asked[] = []
  let current: Asked | null = null
  let thread: Worker | null = null
  let rest: NodeJS.Timeout | undefined
  let closed = false

  function next(): void {
    clearTimeout(rest)
    current = waiting.shift() ?? null
    if (current === null) rest = setTimeout(() => void end(), restMs).unref()
    else begin(current)
  }

  function begin({ had, later }: Asked): void {
    const job: ReduceJob = { had: carried(had), later: later.map(carried) }
    thread ??= start()
    thread.postMessage(
      job,
      [job.had, ...job.later].map(({ body }) => body.buffer),
    )
  }

  function start(): Worker {
    const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax } })
    started.unref()
    started.on('message', (answer: ReduceAnswer) => {
      if (thread === started)
        settle(answer.kind === 'reduced' ? { ...answer, body: Buffer.from(answer.body.buffer) } : answer)
    })
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('The thread that cuts feeds ended.')))
    return started
  }

  /** What the thread was at ended it. */
  function lose(lost: Worker, error: Error): void {
    if (thread !== lost) return
    thread = null
    const isTooLarge = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    settle(isTooLarge ? whole('Reading it took more memory than it may.') : unread(error))
  }

  function atOnce(had: Document, later: readonly Document[]): Reduced {
    try {
      return reduce(had, later)
    } catch (error) {
      return unread(error)
    }
  }

  /** We are wrong, and what is published shall reach its subscribers none the less. */
  function unread(error: unknown): Reduced {
    onError(error)
    return whole('It could not be read.')
  }

  function settle(reduced: Reduced): void {
    if (current === null) return
    clearTimeout(current.timer)
    current.answer(reduced)
    next()
  }

  function expire(asked: Asked): void {
    if (asked === current) {
      void end()
      settle(whole('Reading it took longer than it may.'))
      return
    }
    waiting.splice(waiting.indexOf(asked), 1)
    asked.answer(whole('Too many feeds waited to be read.'))
  }

  async function end(): Promise<void> {
    const ended = thread
    thread = null
    await ended?.terminate()
  }

  return {
    reduce(had, later) {
      if (bytesOf([had, ...later]) <= atOnceBytesMax) return Promise.resolve(atOnce(had, later))
      if (closed || waiting.length >= waitingMax) return Promise.resolve(whole('Too many feeds waited to be read.'))
      return new Promise((answer) => {
        const asked: Asked = { had, later, answer, timer: setTimeout(() => expire(asked), timeoutMs) }
        waiting.push(asked)
        if (current === null) next()
      })
    },
    async close() {
      closed = true
      clearTimeout(rest)
      const stopped = end()
      for (const { timer, answer } of [...(current === null ? [] : [current]), ...waiting.splice(0)]) {
        clearTimeout(timer)
        answer(whole('The hub stops.'))
      }
      current = null
      await stopped
    },
  }
}

/** As this file runs: TypeScript as written, or compiled. */
const entry = new URL(`./reducer-thread${extname(import.meta.url)}`, import.meta.url)

/** A copy, since what is handed to a thread is gone here. */
function carried({ body, contentType }: Document): Carried {
  return { body: new Uint8Array(body), contentType }
}

function bytesOf(documents: readonly Document[]): number {
  return documents.reduce((bytes, { body }) => bytes + body.length, 0)
}

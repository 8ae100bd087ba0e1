import { Worker } from 'node:worker_threads'

/** Does jobs beside the event loop, one at a time, in the order they are asked for. */
export interface JobThread<Job, Answer> {
  /** Never rejects. */
  ask(job: Transferred<Job>): Promise<Answered<Answer>>
  /** Ends the thread; what waits goes unanswered. */
  close(): Promise<void>
}

/** A job, and the buffers in it that are handed over and gone here. */
export interface Transferred<Job> {
  readonly job: Job
  readonly buffers: readonly ArrayBuffer[]
}

export type Answered<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'unanswered'; readonly why: Unanswered; readonly error?: unknown }

export type Unanswered =
  | 'crowded' // too many waited
  | 'time' // it took longer than it may
  | 'memory' // it took more memory than it may
  | 'failed' // it threw: we are wrong
  | 'closed'

export interface JobThreadSettings {
  /** What the thread runs. */
  readonly entry: URL
  /** From the asking to the answer, the waiting for others included. */
  readonly timeoutMs: number
  /** From a job's own beginning: what takes longer ends the thread. */
  readonly runMsMax: number
  /** Jobs that may wait for the thread. */
  readonly waitingMax: number
  /** What takes more ends the thread, and not the hub. */
  readonly heapMegabytesMax: number
}

/** A thread that rests so long is ended: after a large job it holds on to much memory. */
const restMs = 30_000

interface Asked<Job, Answer> extends Transferred<Job> {
  readonly timer: NodeJS.Timeout
  readonly tell: (answered: Answered<Answer>) => void
}

export function createJobThread<Job, Answer>({
  entry,
  timeoutMs,
  runMsMax,
  waitingMax,
  heapMegabytesMax,
}: JobThreadSettings): JobThread<Job, Answer> {
  const waiting: Asked<Job, Answer>[] = []
  let current: Asked<Job, Answer> | null = null
  let running: NodeJS.Timeout | undefined
  let thread: Worker | null = null
  let rest: NodeJS.Timeout | undefined
  let closed = false

  function next(): void {
    clearTimeout(rest)
    current = waiting.shift() ?? null
    if (current === null) rest = setTimeout(() => void end(), restMs).unref()
    else begin(current)
  }

  function begin(asked: Asked<Job, Answer>): void {
    running = setTimeout(() => expire(asked), runMsMax)
    thread ??= start()
    thread.postMessage(asked.job, asked.buffers)
  }

  function start(): Worker {
    const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax } })
    started.unref()
    started.on('message', (answer: Answer) => {
      if (thread === started) settle({ kind: 'answer', answer })
    })
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('The thread ended.')))
    return started
  }

  /** What the thread was at ended it. */
  function lose(lost: Worker, error: Error): void {
    if (thread !== lost) return
    thread = null
    const isTooLarge = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    settle(isTooLarge ? { kind: 'unanswered', why: 'memory' } : { kind: 'unanswered', why: 'failed', error })
  }

  function settle(answered: Answered<Answer>): void {
    if (current === null) return
    tell(current, answered)
    next()
  }

  function tell(asked: Asked<Job, Answer>, answered: Answered<Answer>): void {
    clearTimeout(asked.timer)
    if (asked === current) clearTimeout(running)
    asked.tell(answered)
  }

  function expire(asked: Asked<Job, Answer>): void {
    if (asked === current) {
      void end()
      settle({ kind: 'unanswered', why: 'time' })
      return
    }
    waiting.splice(waiting.indexOf(asked), 1)
    tell(asked, { kind: 'unanswered', why: 'crowded' })
  }

  async function end(): Promise<void> {
    const ended = thread
    thread = null
    await ended?.terminate()
  }

  return {
    ask(transferred) {
      if (closed) return Promise.resolve({ kind: 'unanswered', why: 'closed' })
      if (waiting.length >= waitingMax) return Promise.resolve({ kind: 'unanswered', why: 'crowded' })
      return new Promise((answer) => {
        const asked: Asked<Job, Answer> = {
          ...transferred,
          tell: answer,
          timer: setTimeout(() => expire(asked), timeoutMs),
        }
        waiting.push(asked)
        if (current === null) next()
      })
    },
    async close() {
      closed = true
      clearTimeout(rest)
      const stopped = end()
      const left = [...(current === null ? [] : [current]), ...waiting.splice(0)]
      for (const asked of left) tell(asked, { kind: 'unanswered', why: 'closed' })
      current = null
      await stopped
    },
  }
}

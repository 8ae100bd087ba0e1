import { Worker } from 'node:worker_threads'
import { createLine } from './line.ts'
import { createSpent, type Spent } from './spent.ts'
import type { Said } from './thread-side.ts'

/** Does jobs beside the event loop, one at a time, in the turns of a `Line`. */
export interface JobThread<Job, Answer> {
  /** Never rejects. */
  ask(job: Transferred<Job>): Promise<Answered<Answer>>
  /** How many jobs of an owner wait or run. */
  countOf(owner: string): number
  /** Ends the thread; what waits goes unanswered. */
  close(): Promise<void>
}

/** A job, and the buffers in it that are handed over and gone here. */
export interface Transferred<Job> {
  readonly job: Job
  readonly buffers: readonly ArrayBuffer[]
  /** Whose time it takes; who names none is one with all who name none. */
  readonly owner?: string
  /** What has the lower rank comes first; 0 where none is given. */
  readonly rank?: number
}

export type Answered<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly tookMs: number }
  | { readonly kind: 'unanswered'; readonly why: Exclude<Unanswered, 'failed'> }
  | { readonly kind: 'unanswered'; readonly why: 'failed'; readonly error: unknown }

export type Unanswered =
  | 'crowded' // it waited too long, or too many waited
  | 'time' // it took longer than it may
  | 'memory' // it took more memory than it may
  | 'failed' // it threw: we are wrong
  | 'closed'

export interface JobThreadSettings {
  /** What the thread runs: `answerJobs`. */
  readonly entry: URL
  /** From the asking to the beginning; where `runMsMax` is not given, to the answer. */
  readonly timeoutMs: number
  /** From a job's own beginning, in a thread that is loaded: what takes longer ends the thread. */
  readonly runMsMax?: number
  /** Jobs that may wait for the thread; beyond, the last of who has most waiting goes unanswered. */
  readonly waitingMax: number
  /** What takes more ends the thread, and not the hub. */
  readonly heapMegabytesMax: number
  /** Threads that share it charge their owners together. */
  readonly spent?: Spent
}

/** A thread that rests so long is ended: after a large job it holds on to much memory. */
const restMs = 30_000
/** A busy machine takes seconds to load a thread; which never loads is ended. */
const loadMsMax = 15_000

interface Asked<Job, Answer> extends Transferred<Job> {
  readonly owner: string
  readonly rank: number
  readonly timer: NodeJS.Timeout
  readonly tell: (answered: Answered<Answer>) => void
}

export function createJobThread<Job, Answer>({
  entry,
  timeoutMs,
  runMsMax,
  waitingMax,
  heapMegabytesMax,
  spent = createSpent(() => performance.now()),
}: JobThreadSettings): JobThread<Job, Answer> {
  const line = createLine<Asked<Job, Answer>>(waitingMax, spent)
  let current: Asked<Job, Answer> | null = null
  let beganMs = 0
  let running: NodeJS.Timeout | undefined
  let thread: Worker | null = null
  let isLoaded = false
  let rest: NodeJS.Timeout | undefined
  let closed = false

  function next(): void {
    clearTimeout(rest)
    current = line.next()
    if (current === null) rest = setTimeout(() => void end(), restMs).unref()
    else begin(current)
  }

  function begin(asked: Asked<Job, Answer>): void {
    thread ??= start()
    beganMs = performance.now()
    if (runMsMax !== undefined) clearTimeout(asked.timer)
    if (isLoaded) limit(asked)
    else running = setTimeout(() => giveUp(asked, 'crowded'), loadMsMax)
    thread.postMessage(asked.job, asked.buffers)
  }

  function limit(asked: Asked<Job, Answer>): void {
    if (runMsMax !== undefined) running = setTimeout(() => giveUp(asked, 'time'), runMsMax)
  }

  function start(): Worker {
    const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax } })
    isLoaded = false
    started.unref()
    started.on('message', (said: Said<Answer>) => {
      if (thread !== started) return
      if (said.kind === 'answer') settle({ ...said, tookMs: performance.now() - beganMs })
      else load()
    })
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('The thread ended.')))
    return started
  }

  function load(): void {
    isLoaded = true
    if (current === null) return
    clearTimeout(running)
    beganMs = performance.now()
    limit(current)
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
    if (isLoaded) spent.add(current.owner, performance.now() - beganMs)
    tell(current, answered)
    next()
  }

  function tell(asked: Asked<Job, Answer>, answered: Answered<Answer>): void {
    clearTimeout(asked.timer)
    if (asked === current) clearTimeout(running)
    asked.tell(answered)
  }

  function giveUp(asked: Asked<Job, Answer>, why: 'crowded' | 'time'): void {
    if (asked === current) {
      void end()
      settle({ kind: 'unanswered', why })
      return
    }
    line.leave(asked)
    tell(asked, { kind: 'unanswered', why: 'crowded' })
  }

  async function end(): Promise<void> {
    const ended = thread
    thread = null
    await ended?.terminate()
  }

  function wait(asked: Asked<Job, Answer>): void {
    const left = line.join(asked)
    if (left !== null) tell(left, { kind: 'unanswered', why: 'crowded' })
    if (current === null) next()
  }

  return {
    ask(transferred) {
      if (closed) return Promise.resolve({ kind: 'unanswered', why: 'closed' })
      return new Promise((tell) => {
        const timer = setTimeout(() => giveUp(asked, 'time'), timeoutMs)
        const asked: Asked<Job, Answer> = { owner: '', rank: 0, ...transferred, tell, timer }
        wait(asked)
      })
    },
    countOf: (owner) => line.countOf(owner) + (current?.owner === owner ? 1 : 0),
    async close() {
      closed = true
      clearTimeout(rest)
      const stopped = end()
      const left = [...(current === null ? [] : [current]), ...line.leaveAll()]
      for (const asked of left) tell(asked, { kind: 'unanswered', why: 'closed' })
      current = null
      await stopped
    },
  }
}

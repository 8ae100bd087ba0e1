import { parentPort } from 'node:worker_threads'

/** What a thread of jobs says to who started it. */
export type Said<Answer> =
  /** It is loaded: from now on a job takes its own time. */
  { readonly kind: 'ready' } | { readonly kind: 'answer'; readonly answer: Answer }

export interface Performed<Answer> {
  readonly answer: Answer
  /** In the answer, handed over and gone here: of its own each, no piece of Node's pool. */
  readonly buffers: readonly ArrayBuffer[]
}

/** Answers the jobs of a `JobThread` (`thread.ts`), in the thread that it started. What throws ends the thread. */
export function answerJobs<Job, Answer>(perform: (job: Job) => Performed<Answer>): void {
  const say = (said: Said<Answer>, buffers: readonly ArrayBuffer[]) => parentPort?.postMessage(said, [...buffers])
  parentPort?.on('message', (job: Job) => {
    const { answer, buffers } = perform(job)
    say({ kind: 'answer', answer }, buffers)
  })
  say({ kind: 'ready' }, [])
}

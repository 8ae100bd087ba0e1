import { extname } from 'node:path'
import { type Document, whole } from '../feeds/document.ts'
import { type Reduced, reduce } from '../feeds/reduce.ts'
import { createJobThread, type JobThreadSettings, type Transferred, type Unanswered } from '../work/thread.ts'
import type { Carried, ReduceAnswer, ReduceJob } from './reducer-thread.ts'

/** Cuts feeds beside the event loop, so that deliveries go on meanwhile. */
export interface Reducer {
  /** As `reduce`; what cannot be done within the limits stays whole. Never rejects. */
  reduce(had: Document, later: readonly Document[]): Promise<Reduced>
  /** Ends the thread; what waits stays whole. */
  close(): Promise<void>
}

export interface ReducerSettings extends Omit<JobThreadSettings, 'entry' | 'runMsMax' | 'spent'> {
  readonly onError: (error: unknown) => void
}

/** Documents of this many bytes together are cut at once, on the event loop: that takes a few milliseconds. */
const atOnceBytesMax = 64 * 1024

export function createReducer({ onError, ...settings }: ReducerSettings): Reducer {
  const thread = createJobThread<ReduceJob, ReduceAnswer>({ ...settings, entry })

  function atOnce(had: Document, later: readonly Document[]): Reduced {
    try {
      return reduce(had, later)
    } catch (error) {
      return unread(error)
    }
  }

  async function beside(had: Document, later: readonly Document[]): Promise<Reduced> {
    const answered = await thread.ask(transferred(had, later))
    if (answered.kind === 'unanswered') {
      return answered.why === 'failed' ? unread(answered.error) : whole(reasons[answered.why])
    }
    const { answer } = answered
    return answer.kind === 'reduced' ? { ...answer, body: Buffer.from(answer.body.buffer) } : answer
  }

  /** We are wrong, and what is published shall reach its subscribers none the less. */
  function unread(error: unknown): Reduced {
    onError(error)
    return whole('It could not be read.')
  }

  return {
    async reduce(had, later) {
      return bytesOf([had, ...later]) <= atOnceBytesMax ? atOnce(had, later) : beside(had, later)
    },
    close: thread.close,
  }
}

const reasons: Readonly<Record<Exclude<Unanswered, 'failed'>, string>> = {
  crowded: 'Too many feeds waited to be read.',
  time: 'Reading it took longer than it may.',
  memory: 'Reading it took more memory than it may.',
  closed: 'The hub stops.',
}

/** As this file runs: TypeScript as written, or compiled. */
const entry = new URL(`./reducer-thread${extname(import.meta.url)}`, import.meta.url)

/** Copies, since what is handed to a thread is gone here. */
function transferred(had: Document, later: readonly Document[]): Transferred<ReduceJob> {
  const job: ReduceJob = { had: carried(had), later: later.map(carried) }
  return { job, buffers: [job.had, ...job.later].map(({ body }) => body.buffer) }
}

function carried({ body, contentType }: Document): Carried {
  return { body: new Uint8Array(body), contentType }
}

function bytesOf(documents: readonly Document[]): number {
  return documents.reduce((bytes, { body }) => bytes + body.length, 0)
}

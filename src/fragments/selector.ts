import { extname } from 'node:path'
import type { Document } from '../feeds/document.ts'
import { fragmentOf, originOf } from '../url-key.ts'
import { createSpent } from '../work/spent.ts'
import { type Answered, createJobThread, type JobThreadSettings, type Transferred } from '../work/thread.ts'
import { createTurns } from '../work/turns.ts'
import { nothing, type Part } from './part.ts'
import { createPartMemory } from './part-memory.ts'
import type { SelectAnswer, SelectJob } from './selector-thread.ts'
import { unescaped } from './topic-url.ts'

/**
 * Finds parts of pages beside the event loop, whatever their size: a stranger's selector may take any time, on any page, and
 * only a thread can be ended. There are two threads, one for what is found in no time and one for all else, and in both the
 * server of whose pages least was read lately comes first: whoever has slow parts looked for waits for the others.
 */
export interface Selector {
  /**
   * As `partOf`; what cannot be found within the limits is nothing. Never rejects.
   *
   * @param topic the URL of a fragment topic of this page
   */
  select(page: Document, topic: string): Promise<Part | Later>
  /** Ends the threads; what waits is for later. */
  close(): Promise<void>
}

/** The page was not looked at, and is worth another try. */
export interface Later {
  readonly kind: 'later'
  /** A sentence. */
  readonly why: string
  readonly inMs: number
}

export interface SelectorSettings extends Partial<Omit<JobThreadSettings, 'entry'>> {
  readonly onError: (error: unknown) => void
  /** A clock that never jumps. */
  readonly monotonicMs?: () => number
  /** So much of one server's slow parts may count (`Spent`) before the next one waits. */
  readonly slowMsMax?: number
}

/** What a small page with any usual selector takes a few hundredths of. */
const quickMsMax = 500
/** Beyond, reading the page alone may take longer. */
const quickBytesMax = 1024 * 1024
const quickHeapMegabytesMax = 256
/** A server of whose pages so much was read lately counts as slow: its unknown parts are not tried among the quick ones. */
const triedMsMax = 1000
const quickTimeoutMs = 5000

/** A page of 10 MiB takes one or two, most of it to be parsed. */
const runMsMax = 5000
/** With all else that may be waited for less than a fetch's claim lasts. */
const timeoutMs = 15_000
/** Each holds its page. */
const waitingMax = 16
/** A page of 10 MiB in the smallest of elements takes two thirds of it. */
const heapMegabytesMax = 1024
/** Of a server whose pages take long, fewer than it has places in fetching, so that its other topics are fetched meanwhile. */
const slowOfOriginMax = 3
/** When those beyond ask again: what was found before, and what may never be. */
const turnMs = [500, 2000] as const
/** One server's slow parts take no more of the hub's machine in the long run than about a tenth of one core. */
const slowMsMax = 10_000
const crowdedMs = 5000

export function createSelector({
  onError,
  monotonicMs = () => performance.now(),
  ...settings
}: SelectorSettings): Selector {
  const limits = { runMsMax, timeoutMs, waitingMax, heapMegabytesMax, slowMsMax, ...settings }
  const memory = createPartMemory(monotonicMs)
  const spent = createSpent(monotonicMs)
  /** Of a server one at a time, so that the first ones show what the others may take. */
  const untried = createTurns(Number.POSITIVE_INFINITY)
  const slow = createJobThread<SelectJob, SelectAnswer>({ ...limits, entry, spent })
  const quick = createJobThread<SelectJob, SelectAnswer>({
    ...limits,
    timeoutMs: quickTimeoutMs,
    runMsMax: quickMsMax,
    heapMegabytesMax: quickHeapMegabytesMax,
    entry,
    spent,
  })

  /** What was found before, within the limits, comes before what may never be. */
  function rankOf(topic: string): 0 | 1 {
    return Number.isFinite(memory.tookMs(topic) ?? Number.POSITIVE_INFINITY) ? 0 : 1
  }

  function isQuick({ body }: Document, topic: string): boolean {
    if (body.length > quickBytesMax) return false
    const tookMs = memory.tookMs(topic)
    return tookMs === null ? spent.of(originOf(topic)) < triedMsMax : tookMs < quickMsMax
  }

  /** Null: it is none that is found in no time. */
  async function selectQuickly(page: Document, topic: string): Promise<Part | Later | null> {
    if (!isQuick(page, topic)) return null
    return told(topic, await quick.ask(jobOf(page, topic, rankOf(topic))), () => {
      memory.took(topic, Number.POSITIVE_INFINITY)
      return null
    })
  }

  async function selectSlowly(page: Document, topic: string): Promise<Part | Later> {
    const wait = mustWait(topic)
    if (wait !== null) return wait
    return told(topic, await slow.ask(jobOf(page, topic, rankOf(topic))), (why) => tooMuch(topic, why))
  }

  /** Null: it need not, as one that was found soon the last time, and takes no longer than its page takes to be read. */
  function mustWait(topic: string): Later | null {
    if ((memory.tookMs(topic) ?? Number.POSITIVE_INFINITY) < quickMsMax) return null
    const origin = originOf(topic)
    if (spent.of(origin) > triedMsMax && slow.countOf(origin) >= slowOfOriginMax) {
      return later('Other parts of pages of this server were being looked for.', turnMs[rankOf(topic)])
    }
    const inMs = spent.untilBelow(origin, limits.slowMsMax)
    return inMs === 0 ? null : later('Finding parts of pages of this server took much time lately.', inMs)
  }

  /** Once may be the fault of a busy machine. */
  function tooMuch(topic: string, why: 'time' | 'memory'): Part | Later {
    const { restMs, times } = memory.gaveUp(topic)
    const took = why === 'memory' ? 'more memory than it may' : `longer than ${limits.runMsMax / 1000} s`
    const sentence = `Finding it on the page took ${took}: it is not looked for within ${restMs / 1000} s`
    if (times === 1) return later(`${sentence}, and then once more.`, restMs)
    return { ...nothing(`${sentence}, nor before the page changes.`), isGivenUp: true }
  }

  function told<Beyond>(
    topic: string,
    answered: Answered<SelectAnswer>,
    beyond: (why: 'time' | 'memory') => Beyond,
  ): Part | Later | Beyond {
    if (answered.kind === 'answer') {
      const { answer, tookMs } = answered
      memory.took(topic, tookMs)
      return answer.kind === 'part' ? { ...answer, body: Buffer.from(answer.body.buffer) } : answer
    }
    switch (answered.why) {
      case 'time':
      case 'memory':
        return beyond(answered.why)
      case 'crowded':
        return later('Too many pages waited to be read.', crowdedMs)
      case 'closed':
        return later('The hub was stopped.', 0)
      case 'failed':
        onError(answered.error)
        return nothing('The page could not be read.')
      default:
        return answered satisfies never
    }
  }

  return {
    async select(page, topic) {
      const restMs = memory.restsForMs(topic)
      if (restMs > 0) return later('Finding it on the page took too much time or memory before, so it waits.', restMs)
      const attempt = () => selectQuickly(page, topic)
      const part = await (memory.tookMs(topic) === null ? untried.take(originOf(topic), attempt) : attempt())
      return part ?? selectSlowly(page, topic)
    },
    async close() {
      await Promise.all([quick.close(), slow.close()])
    },
  }
}

/** Copies, since what is handed to a thread is gone here. */
function jobOf({ body, contentType }: Document, topic: string, rank: number): Transferred<SelectJob> {
  const copy = new Uint8Array(body)
  const fragment = unescaped(fragmentOf(topic) ?? '') ?? ''
  return { job: { body: copy, contentType, fragment }, buffers: [copy.buffer], owner: originOf(topic), rank }
}

function later(why: string, inMs: number): Later {
  return { kind: 'later', why, inMs }
}

/** As this file runs: TypeScript as written, or compiled. */
const entry = new URL(`./selector-thread${extname(import.meta.url)}`, import.meta.url)

import { owed } from '../distribution/owed.ts'
import type { Publication } from '../distribution/publication-store.ts'
import type { Form, Frames, Gap } from './frames.ts'
import type { Reading } from './reading.ts'
import type { TopicState } from './store.ts'

/** One connection that takes publications. `inbound` makes them; here they are only written to. */
export interface Sink {
  readonly form: Form
  /** Resolves once the connection has taken the frame, or has ended: only then is the next one read. */
  notify(publication: Omit<Publication, 'body'>, frame: Buffer): Promise<void>
  gap(gap: Gap): void
  /** Tells that there is nothing to read, and why (`frames.ts`). */
  unfetched(): void
  /** Shows that both sides are still there. */
  beat(): void
  /** Says goodbye, since the hub stops or the topic is gone: the client may come again. */
  end(): void
  /** Ends the connection at once. */
  cut(): void
}

/** Where a reader begins. */
export interface Place {
  /** It has everything up to here. */
  readonly through: number
  /** The number it came with, where that is beyond the topic's newest: the numbers have begun again. */
  readonly lost: number | null
  /** It gets the next one also where that only repeats what others have. */
  readonly eager: boolean
}

/** One reader of a topic, at its own pace. */
export interface Reader {
  /** Looks whether more is owed; harmless at any time. */
  wake(): void
  /** Since when, on the monotonic clock, its connection has not taken what was sent; null: it has. */
  readonly stuckSinceMs: number | null
  /** Where its connection takes what is sent, shows that both sides are there. */
  beat(): void
  /** Says goodbye: nothing is begun any more. */
  end(): void
  /** Its connection has ended. Twice is harmless. */
  close(): void
  /** Ends the connection at once. */
  cut(): void
}

export interface ReaderParts {
  readonly reading: Reading
  readonly frames: Frames
  readonly monotonicMs: () => number
  /** Told what we did wrong; the reader it hit is cut off. */
  readonly onError: (error: unknown) => void
}

/**
 * The place of somebody who begins to read.
 *
 * @param after the last number it has; null: it comes new, and is owed what comes from now on (as a subscriber, A-40)
 */
export function placeOf(
  { after, newest: fromNewest }: { readonly after: number | null; readonly newest: boolean },
  { newest }: { readonly newest: number },
): Place {
  if (after === null) {
    const through = fromNewest ? Math.max(0, newest - 1) : newest
    return { through, lost: null, eager: fromNewest }
  }
  return after > newest ? { through: 0, lost: after, eager: true } : { through: after, lost: null, eager: false }
}

export function createReader(topic: TopicState, place: Place, sink: Sink, parts: ReaderParts): Reader {
  const { reading, frames, monotonicMs, onError } = parts
  let { through, lost, eager } = place
  let stuckSinceMs: number | null = null
  let pumping = false
  let toldUnfetched = false
  let closed = false
  let release = () => {}

  async function pump(): Promise<void> {
    pumping = true
    try {
      for (let going = true; going && !closed; ) {
        const target = owed(topic, through)
        if (target === null) return
        going = await carryTo(target)
      }
    } catch (error) {
      onError(error)
      cut()
    } finally {
      pumping = false
    }
  }

  /** @returns whether to look again at once */
  async function carryTo(target: number): Promise<boolean> {
    const next = await reading.next({ topicId: topic.id, through, target })
    if (next === undefined || closed) return false
    if (next === null) {
      through = topic.newest
      return true
    }
    if (next.fresh || eager) {
      const publication = await reading.publication(topic.id, next.number)
      if (publication === undefined || closed) return false
      if (publication === null) return true // It was pruned meanwhile: what is kept now decides.
      tellGap(target, next.number)
      await send(publication)
    }
    through = next.number
    return true
  }

  function tellGap(target: number, next: number): void {
    const missing = topic.delivery === 'every' && next > target
    if (missing || lost !== null) sink.gap({ after: lost ?? through, next })
    lost = null
    eager = false
  }

  function tellUnfetched(): void {
    if (!toldUnfetched) sink.unfetched()
    toldUnfetched = true
  }

  async function send(publication: Publication): Promise<void> {
    const { frame, release: letGo } = await frames.hold(publication, sink.form, { cut })
    release = letGo
    if (closed) return letGo()
    stuckSinceMs = monotonicMs()
    const { body: _, ...about } = publication // Whoever waits for a slow connection holds the frame alone.
    return sink.notify(about, frame).finally(() => {
      stuckSinceMs = null
      letGo()
    })
  }

  function cut(): void {
    close()
    sink.cut()
  }

  function close(): void {
    closed = true
    release()
  }

  return {
    wake() {
      if (closed) return
      if (topic.unfetched) tellUnfetched()
      if (!pumping) void pump()
    },
    get stuckSinceMs() {
      return stuckSinceMs
    },
    beat() {
      if (!closed && stuckSinceMs === null) sink.beat()
    },
    end() {
      closed = true // What is being read for it must not be written behind the end.
      sink.end()
    },
    close,
    cut,
  }
}

import type { Publications } from '../distribution/publications.ts'
import type { FoundTopic } from '../publishing/reading-store.ts'
import { RequestRefused } from '../refusal.ts'
import { createAdmission } from './admission.ts'
import { type BeginParts, beginStream, readingTimes } from './begin.ts'
import { createFrames } from './frames.ts'
import { createReadTopics } from './read-topics.ts'
import { createReader, type Place, placeOf, type Reader, type Sink } from './reader.ts'
import { createReading } from './reading.ts'
import type { StreamRequest } from './request.ts'
import { goOnReading, readNews } from './store.ts'
import { createWatch } from './watch.ts'

/** Those who read topics without a callback, each at its own pace, by the same numbers that subscribers get. */
export interface Streams {
  /**
   * Takes a place for a stream.
   *
   * @param client its address, as rates count it
   * @throws {RequestRefused} 503 where all places are taken or the hub stops, 429 where this client has enough of them
   */
  open(request: StreamRequest, client: string): Promise<Stream>
  /** How many places are taken. */
  count(): number
  /** Says goodbye to all, and cuts off who has not gone within a second. Twice is harmless. */
  stop(): Promise<void>
}

/** A place that was taken. */
export interface Stream {
  /** The number it stands at: it has everything through this. */
  readonly through: number
  /** Begins to write to the sink. */
  start(sink: Sink): void
  /** Gives the place back, begun or not. Twice is harmless. */
  close(): void
}

export interface StreamsParts extends BeginParts {
  readonly publications: Publications
  /** Connections this process takes; streams may have half of them, so that requests always find one. */
  readonly connectionsMax: number
}

const roundEveryMs = 2000
/** Below the 30 s after which some proxies end a connection that nothing passed through. */
const beatEveryMs = 20_000
/** Who takes nothing for so long is as good as gone, and can resume. */
const stuckMsMax = 60_000
const renewEveryMs = 10 * 60_000
const goodbyeMs = 1000

export function createStreams(parts: StreamsParts): Streams {
  const { db, config, world, events, bell, publications } = parts
  const { monotonicMs } = world
  const admission = createAdmission(Math.min(config.STREAMS_MAX, Math.floor(parts.connectionsMax / 2)), {
    perAddressMax: config.STREAMS_PER_ADDRESS_MAX,
  })
  const onError = (error: unknown) => events.dutyFailed({ duty: 'streams', error })
  const reading = createReading({ db, publications, onError })
  const readerParts = { reading, frames: createFrames(), monotonicMs, onError }
  const topics = createReadTopics()
  const watch = createWatch({ bell, isNeeded: () => !topics.isEmpty, look: () => look().catch(onError) })
  const lastMs = { round: monotonicMs(), beat: monotonicMs(), renewal: monotonicMs() }
  let whenEmpty = () => {}
  let stopped: Promise<void> | null = null

  async function look(): Promise<void> {
    const nowMs = monotonicMs()
    if (isOver('round', roundEveryMs, nowMs)) lookAfterReaders(nowMs) // First, for it needs no Postgres.
    await lookAtTopics()
  }

  /** What no ring asks for: connections that take nothing, heartbeats, and what an error left undone. */
  function lookAfterReaders(nowMs: number): void {
    const beats = isOver('beat', beatEveryMs, nowMs)
    for (const reader of topics.readers()) {
      const { stuckSinceMs } = reader
      if (stuckSinceMs !== null && nowMs - stuckSinceMs > stuckMsMax) reader.cut()
      if (beats) reader.beat()
      reader.wake()
    }
  }

  async function lookAtTopics(): Promise<void> {
    for (const { id, newest, ...news } of await readNews(db, topics.all(), { now: world.now() })) {
      const readers = [...(topics.get(id)?.readers ?? [])]
      if (newest !== null) topics.update({ id, newest, ...news })
      for (const reader of readers) {
        // Where it is gone (an operator's doing, or this machine slept for days), whoever comes again makes it anew.
        if (newest === null) reader.end()
        else reader.wake()
      }
    }
    if (!isOver('renewal', renewEveryMs, monotonicMs())) return
    const topicIds = topics.all().map(({ id }) => id)
    await goOnReading(db, topicIds, readingTimes(world.now()))
  }

  function isOver(what: keyof typeof lastMs, everyMs: number, nowMs: number): boolean {
    if (nowMs - lastMs[what] < everyMs) return false
    lastMs[what] = nowMs
    return true
  }

  function refuseIfStopping(): void {
    if (stopped === null) return
    throw new RequestRefused('This hub is stopping: ask again.', { status: 503, retryAfterSeconds: 1 })
  }

  function streamOf(found: FoundTopic, place: Place, giveBack: () => void): Stream {
    let reader: Reader | null = null
    return {
      through: place.through,
      start(sink) {
        reader = topics.join({ ...found, unfetched: false }, (topic) => createReader(topic, place, sink, readerParts))
        if (stopped !== null) reader.end()
        else reader.wake()
        watch.begin()
      },
      close() {
        giveBack()
        if (reader === null) return
        reader.close()
        topics.leave(found.id, reader)
        if (topics.isEmpty) whenEmpty()
      },
    }
  }

  async function stop(): Promise<void> {
    for (const reader of topics.readers()) reader.end()
    if (!topics.isEmpty) {
      const { promise, resolve } = Promise.withResolvers<void>()
      whenEmpty = resolve
      const late = setTimeout(resolve, goodbyeMs)
      await promise.finally(() => clearTimeout(late))
    }
    for (const reader of topics.readers()) reader.cut()
    await watch.stop()
  }

  return {
    async open(request, client) {
      refuseIfStopping()
      const giveBack = admission.admit(client)
      try {
        const found = await beginStream(parts, request, client)
        refuseIfStopping()
        return streamOf(found, placeOf(request, found), giveBack)
      } catch (error) {
        giveBack()
        throw error
      }
    },
    count: () => admission.open,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

import type { Publication } from '../distribution/publication-store.ts'
import { isSmall, notificationJson } from './notification-json.ts'

/** What is missing: a reader has everything through `after`, and the first that is still kept is `next`. */
export interface Gap {
  readonly after: number
  /** Not above `after` where the topic's numbers began again: it had been forgotten. */
  readonly next: number
}

/** Nothing was ever published of the topic, and the last fetch brought nothing. Why, its owner is told, and not whoever reads it. */
export const unfetchedSentence =
  'The topic could not be fetched: it has to answer 200, with content (and if a part of a page, be in it). Once it does, it will come.'

export function unfetchedJson(): string {
  return JSON.stringify({ event: 'unfetched', why: unfetchedSentence })
}

/** How a reader takes a publication: as one line of JSON with all that is known of it, or as its own bytes. */
export type Form = 'json' | 'bytes'

export function gapJson({ after, next }: Gap): string {
  return JSON.stringify({ event: 'gap', after, next })
}

/** Whoever is being sent a frame. */
export interface Holder {
  /** Ends it at once: its frame is needed for others. */
  cut(): void
}

/**
 * The frames on their way to readers: each is made once however many take it at the same time, and all together are
 * bounded. Where there is no room, whoever has been taking the oldest is cut off; it can resume.
 */
export interface Frames {
  /** What to send. The holder lets go of it when it was taken, or when the connection has ended. */
  hold(publication: Publication, form: Form, holder: Holder): Promise<HeldFrame>
  readonly bytes: number
}

export interface HeldFrame {
  readonly frame: Buffer
  /** Twice is harmless. */
  release(): void
}

interface Entry {
  readonly made: Promise<Buffer>
  readonly holders: Set<Holder>
}

/** Several of the largest contents; memory that a hub with slow readers needs beside all else. */
const framesBytesMax = 128 * 1024 ** 2

export function createFrames(bytesMax = framesBytesMax): Frames {
  const held = new Map<string, Entry>()
  let bytes = 0
  let largeMade: Promise<unknown> = Promise.resolve()

  function make(key: string, publication: Publication, form: Form): Entry {
    const made = frameOf(publication, form)
    const entry: Entry = { made, holders: new Set() }
    held.set(key, entry)
    made.then(
      (frame) => {
        bytes += frame.length
        makeRoom(key)
      },
      () => held.delete(key), // Told to whoever holds it.
    )
    return entry
  }

  /** Large ones are made one at a time, so that no more than one is in memory beyond the bound. */
  function frameOf(publication: Publication, form: Form): Promise<Buffer> {
    if (form === 'bytes') return Promise.resolve(publication.body)
    if (isSmall(publication)) return notificationJson(publication)
    const made = largeMade.then(() => notificationJson(publication))
    largeMade = made.catch(() => {})
    return made
  }

  function makeRoom(besides: string): void {
    for (const [key, { holders }] of held) {
      if (bytes <= bytesMax) return
      if (key !== besides) for (const holder of [...holders]) holder.cut()
    }
  }

  return {
    async hold(publication, form, holder) {
      const key = `${form} ${publication.topicId} ${publication.number}`
      const { made, holders } = held.get(key) ?? make(key, publication, form)
      holders.add(holder)
      const frame = await made
      return {
        frame,
        release() {
          if (!holders.delete(holder) || holders.size > 0) return
          held.delete(key)
          bytes -= frame.length
        },
      }
    },
    get bytes() {
      return bytes
    },
  }
}

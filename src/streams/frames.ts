import { isUtf8 } from 'node:buffer'
import type { Publication } from '../distribution/publication-store.ts'

/** What is missing: a reader has everything through `after`, and the first that is still kept is `next`. */
export interface Gap {
  readonly after: number
  /** Not above `after` where the topic's numbers began again: it had been forgotten. */
  readonly next: number
}

/** How a reader takes a publication: as one line of JSON with all that is known of it, or as its own bytes. */
export type Form = 'json' | 'bytes'

/**
 * One line of JSON. `body` is the content as text; encoded as UTF-8 it is the content's bytes again. What is not UTF-8, or
 * would grow beyond use as text, comes as `bodyBase64` instead.
 */
export function notificationJson({ number, contentType, selfUrl, hubUrls, body }: Publication): string {
  const about = { event: 'notification', number, contentType, self: selfUrl, hubs: hubUrls }
  const text = isUtf8(body) ? JSON.stringify({ ...about, body: body.toString('utf8') }) : null
  // A control character is six characters of JSON.
  if (text !== null && text.length <= 2 * body.length + aboutMax) return text
  return JSON.stringify({ ...about, bodyBase64: body.toString('base64') })
}

export function gapJson({ after, next }: Gap): string {
  return JSON.stringify({ event: 'gap', after, next })
}

const aboutMax = 16 * 1024

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
  hold(publication: Publication, form: Form, holder: Holder): { readonly frame: Buffer; release(): void }
  readonly bytes: number
}

interface Held {
  readonly frame: Buffer
  readonly holders: Set<Holder>
}

/** Several of the largest contents; memory that a hub with slow readers needs beside all else. */
const framesBytesMax = 128 * 1024 ** 2

export function createFrames(bytesMax = framesBytesMax): Frames {
  const held = new Map<string, Held>()
  let bytes = 0

  function make(key: string, publication: Publication, form: Form): Held {
    const frame = form === 'bytes' ? publication.body : Buffer.from(notificationJson(publication))
    const made: Held = { frame, holders: new Set() }
    held.set(key, made)
    bytes += frame.length
    return made
  }

  function makeRoom(besides: string): void {
    for (const [key, { holders }] of held) {
      if (bytes <= bytesMax) return
      if (key !== besides) for (const holder of [...holders]) holder.cut()
    }
  }

  return {
    hold(publication, form, holder) {
      const key = `${form} ${publication.topicId} ${publication.number}`
      const entry = held.get(key) ?? make(key, publication, form)
      entry.holders.add(holder)
      makeRoom(key)
      return {
        frame: entry.frame,
        release() {
          if (!entry.holders.delete(holder) || entry.holders.size > 0) return
          held.delete(key)
          bytes -= entry.frame.length
        },
      }
    },
    get bytes() {
      return bytes
    },
  }
}

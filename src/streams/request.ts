import type { Config } from '../config.ts'
import { type Form, values } from '../form.ts'
import { checkedTopic } from '../fragments/topic-url.ts'
import { RequestRefused } from '../refusal.ts'

/** What somebody wants to read, without a callback. */
export interface StreamRequest {
  /** As given. */
  readonly topic: string
  /** The number of the last publication the reader has; null: it comes new. */
  readonly after: number | null
  /** Somebody new gets the newest publication at once, and not only what comes. */
  readonly newest: boolean
  /** A long poll: how long it waits for one publication. Null: a stream, which does not end by itself. */
  readonly waitMs: number | null
}

/**
 * Reads the query of `GET /stream`: `topic` (or `hub.topic`), `after` (or `last-event-id`), `newest`, `wait`. Parameters it
 * does not know are ignored, empty ones count as absent.
 *
 * @param lastEventId the header an EventSource sends when it connects again; its URL still says where it began
 * @throws {RequestRefused} 400 that names the parameter that is wrong
 */
export function streamRequest(form: Form, lastEventId: string | undefined, config: Config): StreamRequest {
  const topic = single(form, 'topic', 'hub.topic')
  if (topic === undefined) throw refused('topic', 'is missing: name the topic to read, percent-encoded')
  return {
    topic: checkedTopic(decoded(topic), 'topic', config),
    after: numberOf(lastEventId || single(form, 'after', 'last-event-id')),
    newest: isYes('newest', single(form, 'newest')),
    waitMs: waitOf(single(form, 'wait')),
  }
}

/** What `wait=poll` waits; 30 s is less than any proxy in use gives a request. */
const waitMsDefault = 30_000
/** Time enough to read what is there already, so that even `wait=0` gets it. */
const waitMsMin = 1000
/** Longer is shortened, not refused: a proxy in between would end the request, and the client would take that for an error. */
const waitMsMax = 60_000

function waitOf(text = 'stream'): number | null {
  if (text === 'stream') return null
  if (text === 'poll') return waitMsDefault
  const [, seconds] = /^(\d{1,9})s?$/.exec(text) ?? []
  if (seconds !== undefined) return Math.min(Math.max(Number(seconds) * 1000, waitMsMin), waitMsMax)
  throw refused('wait', 'must be a number of seconds such as 30s, or poll, or stream')
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw refused('after', 'must be the number of a publication, as its id or Fanfare-Number said (Last-Event-ID too)')
}

function isYes(parameter: string, text = 'false'): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw refused(parameter, 'must be true or false')
}

/** Bytes that are no UTF-8 became U+FFFD, and the URL another. */
function decoded(topic: string): string {
  if (!topic.includes('\uFFFD')) return topic
  throw refused('topic', 'must be UTF-8, percent-encoded')
}

function single(form: Form, ...names: readonly string[]): string | undefined {
  const [first, ...more] = names.flatMap((name) => values(form, name))
  if (more.length === 0) return first
  throw refused(names[0] ?? '', `was given ${more.length + 1} times; give it once`)
}

function refused(parameter: string, what: string): RequestRefused {
  return new RequestRefused(`${parameter} ${what}.`, { parameter })
}

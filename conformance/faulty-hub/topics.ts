import { setTimeout as pause } from 'node:timers/promises'
import { headerValue } from '../wire.ts'
import { callFollowing, type Reply } from './call.ts'
import { type Delivering, deliver, newDelivering } from './deliver.ts'
import type { Inside } from './inside.ts'
import { discover } from './links.ts'
import { keyOf } from './url.ts'

/** One version of a topic. */
export interface Content {
  readonly body: Buffer
  readonly type: string | undefined
  /** The URL it was subscribed to by. */
  readonly topic: string
  readonly self: string
  readonly hubs: readonly string[]
  /** What else the topic said, for the fault that hands it on. */
  readonly headers: Reply['headers']
}

/** What is known of a topic that was pinged. */
export interface TopicState {
  readonly url: string
  fetching: boolean
  /** A ping came since the fetch began. */
  again: boolean
  content: Content | undefined
  validators: readonly (readonly [string, string])[]
  /** The last delivery, for the fault that has each wait for the one before. */
  turn: Promise<Reply | null>
  /** By subscription. */
  readonly delivering: Map<string, Delivering>
}

/**
 * A fetch starts after the last ping: one that came during a fetch starts another.
 *
 * @returns once the fetch that this began has ended
 */
export async function noteChange(inside: Inside, url: string): Promise<void> {
  const topic = topicOf(inside, url)
  if (topic.fetching) topic.again = !inside.has('joins-ping-to-running-fetch')
  else await fetchUntilQuiet(inside, topic)
}

function topicOf(inside: Inside, url: string): TopicState {
  const key = keyOf(url, inside.has)
  const topic = inside.topics.get(key) ?? {
    url,
    fetching: false,
    again: false,
    content: undefined,
    validators: [],
    turn: Promise.resolve(null),
    delivering: new Map(),
  }
  inside.topics.set(key, topic)
  return topic
}

/** The fault that swallows the first ping after a subscription: what is there now counts as delivered. */
export async function takeForDelivered(inside: Inside, url: string): Promise<void> {
  const found = await fetchContent(inside, url)
  const topic = topicOf(inside, url)
  for (const [pair, { topic: subscribed }] of inside.subscriptions) {
    if (found === undefined || found === 'unchanged' || subscribed !== url) continue
    topic.delivering.set(pair, { ...newDelivering(), delivered: found.content })
  }
}

async function fetchUntilQuiet(inside: Inside, topic: TopicState): Promise<void> {
  topic.fetching = true
  do {
    topic.again = false
    await fetchOnce(inside, topic)
  } while (topic.again)
  topic.fetching = false
}

async function fetchOnce(inside: Inside, topic: TopicState): Promise<void> {
  const found = await fetchContent(inside, topic.url, topic.validators)
  if (found === undefined) return
  if (found !== 'unchanged') {
    topic.validators = found.validators
    topic.content = found.content
  }
  if (topic.content === undefined) return
  if (topic.content.body.length > 0 || inside.has('delivers-empty-content')) deliver(inside, topic, topic.content)
}

interface Found {
  readonly content: Content
  readonly validators: TopicState['validators']
}

/** What the topic serves, after a few tries; undefined where it serves nothing that could be delivered. */
export async function fetchContent(
  inside: Inside,
  url: string,
  conditions: TopicState['validators'] = [],
): Promise<Found | 'unchanged' | undefined> {
  const { settings, has, agent } = inside
  for (const delayMs of [0, ...settings.fetchRetryMs]) {
    await pause(delayMs)
    const reply = await callFollowing(
      {
        method: 'GET',
        url,
        headers: [['Accept-Encoding', 'identity'], ['Cache-Control', 'no-cache'], ...conditions],
        timeoutMs: settings.fetchTimeoutMs,
        bytesMax: settings.contentBytesMax + 1,
        agent,
      },
      settings.redirectsMax,
    )
    if (reply?.status === 304) return 'unchanged'
    if (reply === null || (reply.status !== 200 && !has('delivers-error-pages'))) continue
    if (reply.body.length > settings.contentBytesMax) return undefined
    const { headers } = reply
    const content = { ...discover(reply, url), topic: url, body: bodyOf(reply, inside), headers, type: typeOf(reply) }
    return { content, validators: validatorsOf(reply) }
  }
  return undefined
}

function typeOf({ headers }: Reply): string | undefined {
  return headerValue(headers, 'Content-Type')
}

function validatorsOf({ headers }: Reply): readonly (readonly [string, string])[] {
  const etag = headerValue(headers, 'ETag')
  const modified = headerValue(headers, 'Last-Modified')
  return [
    ...(etag === undefined ? [] : [['If-None-Match', etag] as const]),
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as const]),
  ]
}

function bodyOf({ body }: Reply, { has }: Inside): Buffer {
  if (has('trims-body')) return Buffer.from(body.toString('latin1').trim(), 'latin1')
  if (has('re-encodes-body')) return Buffer.from(body.toString('utf8'))
  return has('cuts-long-content') ? body.subarray(0, 65_536) : body
}

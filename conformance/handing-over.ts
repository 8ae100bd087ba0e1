import { type Answered, isSuccess } from './asking.ts'
import { expect } from './claim.ts'
import type { Context } from './context.ts'
import type { Callback, Topic } from './peers.ts'
import type { Header } from './wire.ts'

/** A topic's new content, on its way to the hub. There is no standard for this: the form is that of row FAT-01. */
export interface HandingOver {
  /** As `Link: <…>; rel="self"` names it, or the query; each of them may be left out. */
  readonly topic?: Topic | string
  readonly byQuery?: Topic | string
  readonly body: string | Uint8Array
  /** `text/plain; charset=utf-8` unless told. */
  readonly type?: string
  /** The one that the suite was told, unless null or another. */
  readonly key?: string | null
  readonly headers?: readonly Header[]
}

/** Posts content to the hub and returns what that answers, whatever it is. */
export function handOver(context: Context, handing: HandingOver): Promise<Answered> {
  const { topic, byQuery, body, type, key, headers = [] } = handing
  const { hub, knobs, send } = context
  const shown = key === undefined ? knobs.publisherKey : key
  return send({
    what: 'content',
    url: byQuery === undefined ? hub : inQuery(hub, urlOf(byQuery)),
    headers: [
      ['Content-Type', type ?? 'text/plain; charset=utf-8'],
      ...(topic === undefined ? [] : [['Link', `<${urlOf(topic)}>; rel="self"`] as const]),
      ...(typeof shown === 'string' ? [['Authorization', `Bearer ${shown}`] as const] : []),
      ...headers,
    ],
    body,
  })
}

/** The same, where it has to be accepted. */
export async function handedOver(context: Context, handing: HandingOver): Promise<Answered> {
  const answer = await handOver(context, handing)
  expect(isSuccess(answer), { expected: 'a 2xx for content with a key', found: `status ${answer.status}` }, answer)
  return answer
}

/**
 * A subscription to a topic that, once that has begun, can only be known by what is handed over: it answers 500.
 *
 * @param suffix of the topic's URL
 */
export async function subscribedToKeyed(context: Context, suffix?: string): Promise<Keyed> {
  const topic = context.topic(suffix === undefined ? {} : { suffix })
  const { callback } = await context.subscribed({ topic })
  topic.serves({ status: 500 })
  return { topic, callback }
}

export interface Keyed {
  readonly topic: Topic
  readonly callback: Callback
}

/**
 * Hands over something more, and fails the claim if that is not the first thing the callback gets: what was refused before it
 * would have come first.
 */
export async function expectNothingCame(context: Context, { topic, callback }: Keyed): Promise<void> {
  const body = 'What comes after what was refused.'
  await handedOver(context, { topic, body })
  const delivery = await callback.delivery()
  expect(delivery.text === body, { expected: 'nothing delivered of what was refused', found: delivery.text }, delivery)
}

function inQuery(hub: string, topic: string): string {
  const url = new URL(hub)
  url.search = `${url.search === '' ? '?' : `${url.search}&`}hub.mode=publish&hub.topic=${encodeURIComponent(topic)}`
  return url.href
}

function urlOf(topic: { readonly url: string } | string): string {
  return typeof topic === 'string' ? topic : topic.url
}

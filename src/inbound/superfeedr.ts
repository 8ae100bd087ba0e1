import type { IncomingMessage } from 'node:http'
import type { Publication } from '../distribution/publication-store.ts'
import { type Form, values } from '../form.ts'
import { RequestRefused } from '../refusal.ts'
import { streamRequest } from '../streams/request.ts'
import { type SubscriptionRequest, subscriptionRequest } from '../subscribing/request.ts'
import type { Waited } from '../subscribing/waiting.ts'
import {
  listRequest,
  pulledTopic,
  replayRequest,
  retrieveRequest,
  type SubscribeExtras,
  subscribeExtras,
  unsubscribeRequest,
} from '../superfeedr/request.ts'
import { plainText } from './answers.ts'
import type { Exchange } from './body.ts'
import { type Credentials, requireKey } from './credentials.ts'
import { limit } from './limit.ts'
import type { InboundParts } from './parts.ts'
import { writeStream } from './stream.ts'

/** What Superfeedr's users ask for that WebSub does not know. */
const modes = ['list', 'retrieve', 'replay', 'search'] as const
export type OwnMode = (typeof modes)[number]

export function ownModeOf(mode: string | undefined): OwnMode | null {
  return modes.find((each) => each === mode) ?? null
}

/** An answer, or what is to be waited for now that the request is committed. */
export type Served = Response | (() => Promise<Response>)

/** A request that shows a key, or needs one. */
export interface OwnRequest {
  readonly form: Form
  readonly exchange: Exchange
  readonly credentials: Credentials | null
  /** Its address, for the rates. */
  readonly client: string
}

/** A mode that WebSub does not know. */
export async function serveOwn(mode: OwnMode, request: OwnRequest, parts: InboundParts): Promise<Served> {
  switch (mode) {
    case 'list':
      return list(request, parts)
    case 'retrieve':
      return retrieve(request, parts)
    case 'replay':
      return replay(request, parts)
    case 'search':
      throw new RequestRefused(
        'This hub searches no feeds: subscribe to the topics you know, with hub.mode=subscribe and hub.topic.',
        { status: 422, parameter: 'hub.mode' },
      )
  }
}

async function list({ form, credentials, client }: OwnRequest, parts: InboundParts): Promise<Response> {
  const { login } = await requireKey(parts, credentials, { client, right: 'list' })
  await limitRequests(parts, client)
  return Response.json(await parts.superfeedr.list(login, listRequest(form)), { headers: privately })
}

async function retrieve(request: OwnRequest, parts: InboundParts): Promise<Served> {
  const { form, exchange, credentials, client } = request
  const { config, superfeedr } = parts
  const { login } = await requireKey(parts, credentials, { client, right: 'retrieve' })
  await limitRequests(parts, client)
  const wanted = retrieveRequest(form, exchange.incoming.headers.accept, config)
  if (values(form, 'wait').length > 0) return stream(login, request, parts)
  if (wanted.jsonp !== null && credentials?.byParameter !== true) throw jsonpByHeader()
  const { contentType, body } = await superfeedr.retrieve(login, wanted)
  return new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType, ...privately } })
}

/** As every stream of the topic, for somebody who is subscribed to it. */
async function stream(login: string, request: OwnRequest, parts: InboundParts): Promise<Served> {
  const { form, exchange, client } = request
  const wanted = streamRequest(form, lastEventIdOf(exchange.incoming), parts.config)
  await parts.superfeedr.refuseUnsubscribed(login, { topic: wanted.topic, callback: null })
  return () => writeStream(exchange, wanted, parts, { client, patienceMs: streamPatienceMs })
}

const streamPatienceMs = 10_000

async function replay({ form, credentials, client }: OwnRequest, parts: InboundParts): Promise<Response> {
  const { login } = await requireKey(parts, credentials, { client, right: 'retrieve' })
  await limitRequests(parts, client)
  await parts.superfeedr.replay(login, replayRequest(form, parts.config))
  return done()
}

function lastEventIdOf({ headers }: IncomingMessage): string | undefined {
  return headers['last-event-id']?.toString()
}

/** A browser would send the header with a script of any page, which could then read what the script brings. */
function jsonpByHeader(): RequestRefused {
  return new RequestRefused(
    'callback (JSONP) is served only to whoever shows the key as the parameter authorization, not in the header.',
    { status: 422, parameter: 'callback' },
  )
}

/** A subscribe request that shows a key: 204, 200 with the topic's content, or 202 where the callback is to be asked. */
export async function subscribeOwn(request: OwnRequest, parts: InboundParts): Promise<Served> {
  const { form, exchange, credentials, client } = request
  const { config, superfeedr } = parts
  const { login: owner } = await requireKey(parts, credentials, { client, right: 'subscribe' })
  await limitRequests(parts, client)
  const extras = subscribeExtras(form, exchange.incoming.headers.accept)
  const asked = extras.isPull ? null : askedBy(owner, form, extras, parts)
  const topic = asked?.topic ?? pulledTopic(form, config)
  await superfeedr.refuseUnserved(owner, topic)
  const first = extras.retrieve ? await superfeedr.firstContent(topic, extras.format) : null
  const content = first === null ? null : contentAnswer(first)
  if (asked === null) await superfeedr.pull({ owner, topic, form, format: extras.format })
  else if (asked.verify.length > 0) return verified(await parts.requestSubscription(asked), content)
  else await superfeedr.subscribe(asked, { received: first?.number ?? null })
  return content ?? done()
}

/** Its libraries know SHA-1 alone, as those of PubSubHubbub 0.3 do; `hub.signature_algorithm` asks for another. */
function askedBy(
  owner: string,
  form: Form,
  { format }: SubscribeExtras,
  { config }: InboundParts,
): SubscriptionRequest {
  const request = subscriptionRequest(form, config)
  const algorithm = values(form, 'hub.signature_algorithm').length > 0 ? request.algorithm : 'sha1'
  // Entries that are new are what these formats are asked for.
  const feedDelivery = request.feedDelivery ?? (format === null ? null : 'new-entries')
  return { ...request, algorithm, feedDelivery, owner, format }
}

function contentAnswer({ body, contentType }: Publication): Response {
  return new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType, ...privately } })
}

/** @param waited null: its client did not ask to wait, or the callback is slow */
function verified(waited: Waited | null, content: Response | null): Served {
  if (waited === null) return plainText('Accepted. The callback is now asked whether it agrees.', 202)
  return async () => {
    const outcome = await waited.outcome
    switch (outcome.kind) {
      case 'confirmed':
        return content ?? done()
      case 'refused':
        return plainText(outcome.why, 422)
      case 'undecided':
        return plainText('Accepted. The callback has not given a usable answer yet; it is asked on.', 202)
    }
  }
}

/** An unsubscribe request that shows a key. One that gives `hub.verify` has its callback asked, as without a key. */
export async function unsubscribeOwn(request: OwnRequest, parts: InboundParts): Promise<Served> {
  const { form, credentials, client } = request
  const { login: owner } = await requireKey(parts, credentials, { client, right: 'unsubscribe' })
  await limitRequests(parts, client)
  if (values(form, 'hub.verify').length > 0) {
    return verified(await parts.requestSubscription(subscriptionRequest(form, parts.config)), null)
  }
  await parts.superfeedr.unsubscribe(owner, unsubscribeRequest(form, parts.config))
  return done()
}

function done(): Response {
  return new Response(null, { status: 204 })
}

async function limitRequests(parts: InboundParts, client: string): Promise<void> {
  await limit(parts, `subscribe ${client}`, parts.config.RATE_SUBSCRIBE, { cost: 1, whose: 'from this address' })
}

/** It is one owner's, and no cache's. */
const privately = { 'Cache-Control': 'no-store' } as const

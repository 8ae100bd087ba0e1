import type { IncomingMessage } from 'node:http'
import { type Form, values } from '../form.ts'
import { changedTopics } from '../publishing/request.ts'
import { RequestRefused } from '../refusal.ts'
import { subscriptionRequest } from '../subscribing/request.ts'
import type { Outcome } from '../subscribing/waiting.ts'
import { plainText } from './answers.ts'
import { askForBody, type Exchange, queryForm, type ReceivedForm, readForm, tooLarge } from './body.ts'
import { arrivalOf, type ClientAddress } from './client-address.ts'
import { takeContent } from './content.ts'
import { bringsContent, publishContent } from './content-form.ts'
import { handsOver, isLikelyContent } from './content-header.ts'
import { areOurs, credentialsOf } from './credentials.ts'
import { inTime } from './in-time.ts'
import { limit } from './limit.ts'
import type { InboundParts } from './parts.ts'
import type { Room } from './room.ts'
import { ownModeOf, type Served, serveOwn, subscribeOwn, unsubscribeOwn } from './superfeedr.ts'

/** A POST on the hub URL: `hub.mode` chooses the chapter (§5.1, §6). Whoever it answers with success, it has committed. */
export async function takeRequest(
  exchange: Exchange,
  parts: InboundParts,
  {
    clientAddress,
    commitMs,
    room,
  }: { readonly clientAddress: ClientAddress; readonly commitMs: number; readonly room: Room },
): Promise<Response> {
  const { incoming } = exchange
  if (handsOver(incoming)) return takeContent(exchange, parts, { commitMs, room })
  askForBody(exchange)
  const received = await receivedForm(incoming)
  return answered(serve({ ...received, exchange, client: clientAddress(arrivalOf(incoming)) }, parts), commitMs)
}

/**
 * A GET on the hub URL that asks for something with its query, as only somebody with a key can; null: it asks for nothing, and
 * is shown what this place is. To a publisher that takes any 2xx for its ping, the page would say that it had published.
 */
export async function takeQuery(
  exchange: Exchange,
  parts: InboundParts,
  { clientAddress, commitMs }: { readonly clientAddress: ClientAddress; readonly commitMs: number },
): Promise<Response | null> {
  const { incoming } = exchange
  const form = queryForm(incoming.url ?? '')
  if (modeOf(form) === undefined) return null
  if (!isQueried(form, incoming)) {
    return plainText('A GET changes nothing: send hub.mode and the rest as a POST.', 405, { Allow: 'POST' })
  }
  return answered(serve({ form, bodyBytes: 0, exchange, client: clientAddress(arrivalOf(incoming)) }, parts), commitMs)
}

async function answered(serving: Promise<Served>, commitMs: number): Promise<Response> {
  const served = await inTime(commitMs, serving)
  return served instanceof Response ? served : served()
}

interface Received extends ReceivedForm {
  readonly exchange: Exchange
  readonly client: string
}

async function serve(received: Received, parts: InboundParts): Promise<Served> {
  const { form, bodyBytes, exchange, client } = received
  const mode = modeOf(form)
  const ownMode = ownModeOf(mode)
  if (ownMode !== null) {
    return serveOwn(ownMode, { ...received, credentials: credentialsOf(exchange.incoming, form) }, parts)
  }
  switch (mode) {
    case 'publish':
      return bringsContent(form) ? publishContent(form, exchange, parts) : publish(form, parts, client)
    case 'subscribe':
    case 'unsubscribe':
      if (bodyBytes > subscriptionBytesMax) throw tooLarge(subscriptionBytesMax)
      return changeSubscription(received, parts)
    case undefined:
      throw new RequestRefused(isLikelyContent(exchange.incoming) ? contentAsForm : modeMissing, {
        parameter: 'hub.mode',
      })
    default:
      throw new RequestRefused('hub.mode must be subscribe, unsubscribe or publish.', { parameter: 'hub.mode' })
  }
}

const modeMissing = 'hub.mode is missing or empty: it must be subscribe, unsubscribe or publish.'

/** `curl --data-binary` calls everything a form that is not called something else. */
const contentAsForm =
  'This came as a form, and has no hub.mode. To hand over the content of a topic, say what it is: with curl, -H "Content-Type: …".'

/** Many times what one callback, topic and secret need. */
const subscriptionBytesMax = 64 * 1024

/** The body, or else the query, and that for publish alone (PUB-23): a link somebody follows must subscribe nobody (SUB-28). */
async function receivedForm(incoming: IncomingMessage): Promise<ReceivedForm> {
  const received = await readForm(incoming)
  if (received.bodyBytes > 0) return received
  const query = queryForm(incoming.url ?? '')
  if (modeOf(query) === 'publish' || isQueried(query, incoming)) return { form: query, bodyBytes: 0 }
  throw new RequestRefused('hub.mode is missing: send it and the other parameters in the body, as a form.', {
    parameter: 'hub.mode',
  })
}

function modeOf(form: Form): string | undefined {
  const [mode, ...more] = values(form, 'hub.mode')
  if (more.length === 0) return mode?.toLowerCase()
  throw new RequestRefused(`hub.mode was given ${more.length + 1} times; give it once.`, { parameter: 'hub.mode' })
}

const whose = 'from this address'

async function publish(form: Form, parts: InboundParts, client: string): Promise<Response> {
  const topics = changedTopics(form)
  await limit(parts, `publish ${client}`, parts.config.RATE_PUBLISH, { cost: topics.length, whose })
  await parts.noteChange(topics)
  return new Response(null, { status: 204 }) // Laminas takes no other status (PUB-07).
}

/**
 * Whether the query speaks for itself: it asks for what needs a key, or the client cannot send another method and says which
 * it means, in a header that no link and no form of a page can send (SUB-28).
 */
function isQueried(query: Form, { headers }: IncomingMessage): boolean {
  const mode = modeOf(query)
  return ownModeOf(mode) !== null || (mode !== undefined && headers['x-http-method-override'] !== undefined)
}

async function changeSubscription(received: Received, parts: InboundParts): Promise<Served> {
  const { form, exchange, client } = received
  const { MOVED_TO, RATE_SUBSCRIBE } = parts.config
  const subscribes = modeOf(form) === 'subscribe'
  const credentials = credentialsOf(exchange.incoming, form)
  if (credentials !== null && (MOVED_TO === undefined || !subscribes) && (await areOurs(parts, credentials))) {
    return (subscribes ? subscribeOwn : unsubscribeOwn)({ ...received, credentials }, parts)
  }
  const request = subscriptionRequest(form, parts.config)
  if (MOVED_TO !== undefined && subscribes) return moved(new URL(MOVED_TO).href)
  await limit(parts, `subscribe ${client}`, RATE_SUBSCRIBE, { cost: 1, whose })
  const waited = await parts.requestSubscription(request)
  if (waited !== null) return async () => outcomeAnswer(await waited.outcome)
  return plainText('Accepted. The callback is now asked whether it agrees.', 202)
}

/** What a client of PubSubHubbub 0.3 (§6.1.2 there) is told of its callback: it knows these answers and no others. */
function outcomeAnswer(outcome: Outcome): Response {
  switch (outcome.kind) {
    case 'confirmed':
      return new Response(null, { status: 204 })
    case 'refused':
      return plainText(outcome.why, 409)
    case 'undecided':
      return plainText('Accepted. The callback has not given a usable answer yet; it is asked on.', 202)
  }
}

/** §5.1.2: 308 keeps method and body. Who is subscribed here stays so, and can still unsubscribe (MIG-03). */
function moved(to: string): Response {
  return plainText(`This hub takes no more subscriptions; send this request to ${to}`, 308, { Location: to })
}

import type { IncomingMessage } from 'node:http'
import { type Form, values } from '../form.ts'
import { changedTopics } from '../publishing/request.ts'
import { RequestRefused } from '../refusal.ts'
import { subscriptionRequest } from '../subscribing/request.ts'
import type { Outcome, Waited } from '../subscribing/waiting.ts'
import { plainText } from './answers.ts'
import { askForBody, type Exchange, queryForm, type ReceivedForm, readForm, tooLarge } from './body.ts'
import { arrivalOf, type ClientAddress } from './client-address.ts'
import { takeContent } from './content.ts'
import { handsOver } from './content-header.ts'
import { inTime } from './in-time.ts'
import { limit } from './limit.ts'
import type { InboundParts } from './parts.ts'
import type { Room } from './room.ts'

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
  const served = await inTime(commitMs, serve(received, parts, clientAddress(arrivalOf(incoming))))
  return served instanceof Response ? served : outcomeAnswer(await served.outcome)
}

/** An answer, or what it waits for now that the request is committed. */
type Served = Response | Waited

async function serve({ form, bodyBytes }: ReceivedForm, parts: InboundParts, client: string): Promise<Served> {
  switch (modeOf(form)) {
    case 'publish':
      return publish(form, parts, client)
    case 'subscribe':
    case 'unsubscribe':
      if (bodyBytes > subscriptionBytesMax) throw tooLarge(subscriptionBytesMax)
      return changeSubscription(form, parts, client)
    case undefined:
      throw new RequestRefused('hub.mode is missing or empty: it must be subscribe, unsubscribe or publish.', {
        parameter: 'hub.mode',
      })
    default:
      throw new RequestRefused('hub.mode must be subscribe, unsubscribe or publish.', { parameter: 'hub.mode' })
  }
}

/** Many times what one callback, topic and secret need. */
const subscriptionBytesMax = 64 * 1024

/** The body, or else the query, and that for publish alone (PUB-23): a link somebody follows must subscribe nobody (SUB-28). */
async function receivedForm(incoming: IncomingMessage): Promise<ReceivedForm> {
  const received = await readForm(incoming)
  if (received.bodyBytes > 0) return received
  const query = queryForm(incoming.url ?? '')
  if (modeOf(query) === 'publish') return { form: query, bodyBytes: 0 }
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

async function changeSubscription(form: Form, parts: InboundParts, client: string): Promise<Served> {
  const { MOVED_TO, RATE_SUBSCRIBE } = parts.config
  const request = subscriptionRequest(form, parts.config)
  if (MOVED_TO !== undefined && request.mode === 'subscribe') return moved(new URL(MOVED_TO).href)
  await limit(parts, `subscribe ${client}`, RATE_SUBSCRIBE, { cost: 1, whose })
  const waited = await parts.requestSubscription(request)
  return waited ?? plainText('Accepted. The callback is now asked whether it agrees.', 202)
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

import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Config } from '../config.ts'
import { type StreamRequest, streamRequest } from '../streams/request.ts'
import type { Stream } from '../streams/streams.ts'
import { plainText } from './answers.ts'
import { type Exchange, queryForm } from './body.ts'
import { inTime } from './in-time.ts'
import type { InboundParts } from './parts.ts'
import { originHeaders, refuseForeignPages } from './stream-origins.ts'
import { eventSink, pollSink } from './stream-sinks.ts'

export type StreamParts = Pick<InboundParts, 'config' | 'streams' | 'random'>

/** What every stream's header has. */
const streamHeaders = {
  'Cache-Control': 'no-store, no-transform',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Who asks, and how long Postgres may take before it is told to ask again. */
export interface Asking {
  readonly client: string
  readonly patienceMs: number
}

/**
 * `GET /stream`: a topic as Server-Sent Events, or with `wait` as a long poll. The answer is written as it comes, beside the
 * app: what it returns only says so.
 */
export async function streamTopic(
  { incoming, outgoing }: Exchange,
  parts: StreamParts,
  asking: Asking,
): Promise<Response> {
  refuseForeignPages(incoming, parts.config)
  if (incoming.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflight })
  if (incoming.method === 'HEAD') return headOf(requestOf(incoming, parts.config))
  if (incoming.method !== 'GET') return plainText('Use GET.', 405, { Allow: 'GET, HEAD, OPTIONS' })
  return writeStream({ incoming, outgoing }, requestOf(incoming, parts.config), parts, asking)
}

/** RFC 9110 §9.3.2. No stream is begun for it, so it cannot say whether there is room for one. */
function headOf({ waitMs }: StreamRequest): Response {
  return new Response(null, { headers: waitMs === null ? { ...streamHeaders, ...eventHeaders } : streamHeaders })
}

/** Writes a stream, or what a long poll gets, beside the app. */
export async function writeStream(
  { incoming, outgoing }: Exchange,
  request: StreamRequest,
  parts: StreamParts,
  asking: Asking,
): Promise<Response> {
  const headers = { ...streamHeaders, ...originHeaders(incoming, parts.config) }
  const stream = await openStream(request, parts, asking)
  outgoing.once('close', stream.close)
  if (outgoing.destroyed) stream.close()
  else if (request.waitMs === null) stream.start(beginEvents(outgoing, headers, parts.random()))
  else stream.start(pollSink(outgoing, { through: stream.through, waitMs: request.waitMs, headers }))
  return RESPONSE_ALREADY_SENT
}

export function requestOf({ url = '', headers }: IncomingMessage, config: Config): StreamRequest {
  const lastEventId = headers['last-event-id']
  return streamRequest(queryForm(url), Array.isArray(lastEventId) ? lastEventId.join() : lastEventId, config)
}

/** @throws {TookTooLong} where Postgres does not answer in time; the place is given back when it does */
export async function openStream(
  request: StreamRequest,
  { streams }: Pick<StreamParts, 'streams'>,
  { client, patienceMs }: Asking,
): Promise<Stream> {
  const opening = streams.open(request, client)
  try {
    return await inTime(patienceMs, opening)
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => {}, // It is the error we throw, or nobody waits for it any more.
    )
    throw error
  }
}

/** A page's own `fetch` may send Last-Event-ID only if asked before. */
const preflight = {
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Last-Event-ID, Cache-Control',
  'Access-Control-Max-Age': '7200',
} as const

/** nginx would otherwise hold events back until it has a buffer full of them. */
const eventHeaders = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' } as const

/** When a hub stops, thousands come again, to the hubs that are left: not all in the same moment. */
function beginEvents(outgoing: ServerResponse, headers: Readonly<Record<string, string>>, random: number) {
  outgoing.writeHead(200, { ...headers, ...eventHeaders })
  outgoing.write(`retry: ${Math.round(1000 + 3000 * random)}\n\n`)
  return eventSink(outgoing)
}

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a hub may do to a callback. */
export interface CallbackEvents {
  /** A question of the hub's (§5.3); the answer says whether it is confirmed. */
  verification(question: Verification): boolean
  denial(denial: { readonly topic: string; readonly reason: string }): void
  delivery(delivery: Delivery): void
}

export interface Verification {
  readonly mode: string
  readonly topic: string
  readonly leaseSeconds: number | null
}

export interface Delivery {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface CallbackServer {
  /** Its own address with a path that nobody can guess: a callback URL is a capability (§5.1). */
  readonly url: string
  readonly path: string
  close(): void
}

/** @throws where the port is taken or the host is not this machine's */
export async function startCallbackServer(
  { host, port }: { readonly host: string; readonly port: number },
  events: CallbackEvents,
): Promise<CallbackServer> {
  const path = `/${randomBytes(16).toString('base64url')}`
  const server = createServer((request, response) => {
    // Null for targets such as `//`, which anyone may send.
    const url = URL.parse(request.url ?? '/', 'http://callback.invalid')
    if (url === null || !url.pathname.endsWith(path)) return answer(response, 404)
    if (request.method === 'GET') return answerQuestion(url.searchParams, response, events)
    if (request.method === 'POST') return void takeDelivery(request, response, events)
    answer(response, 405)
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}${path}`,
    path,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function answerQuestion(query: URLSearchParams, response: ServerResponse, events: CallbackEvents): void {
  const mode = query.get('hub.mode') ?? ''
  const topic = query.get('hub.topic') ?? ''
  if (mode === 'denied') {
    events.denial({ topic, reason: query.get('hub.reason') ?? '' })
    answer(response, 200)
    return
  }
  const confirmed = events.verification({ mode, topic, leaseSeconds: leaseOf(query.get('hub.lease_seconds')) })
  if (confirmed) answer(response, 200, query.get('hub.challenge') ?? '')
  else answer(response, 404)
}

/** A lease that is no positive whole number (§5.3) is none. */
function leaseOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null
}

async function takeDelivery(request: IncomingMessage, response: ServerResponse, events: CallbackEvents): Promise<void> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return // The hub went away in the middle; it will come again.
  }
  answer(response, 204)
  events.delivery({ headers: request.headers, body: Buffer.concat(chunks) })
}

/** As §5.3.1 advises, nothing that a browser would take for a page. */
function answer(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, { 'Content-Type': 'application/octet-stream', 'X-Content-Type-Options': 'nosniff' })
  response.end(body)
}

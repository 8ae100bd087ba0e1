import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createSender, type Sender, type SenderSettings } from '../../src/outbound/send.ts'
import type { Answer, NoAnswer, OutboundRequest } from '../../src/world.ts'

/** A sender that may dial loopback, closed with the test, which fails if a socket outlives it. */
export function startSender(t: TestContext, settings: Partial<SenderSettings> = {}): Sender {
  const sender = createSender({
    outboundAllow: [],
    outboundDeny: [],
    topicAllow: [],
    callbackAllow: [],
    loopbackAllowed: true,
    socketsMax: 100,
    userAgent: 'Fanfare (+http://hub.example/)',
    onError(error) {
      throw error
    },
    ...settings,
  })
  t.after(() => sender.close())
  return sender
}

/** A delivery; what a test does not say is as a hub would have it. */
export function delivery(url: string, changes: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    purpose: 'deliver',
    method: 'POST',
    url,
    headers: { 'Content-Type': 'text/plain' },
    body: Buffer.from('content'),
    timeoutMs: 5000,
    bodyBytesMax: 16_384,
    overflow: 'cut',
    redirectsMax: 0,
    ...changes,
  }
}

/** A fetch of a topic. */
export function fetching(url: string, changes: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    purpose: 'fetch',
    method: 'GET',
    url,
    headers: {},
    timeoutMs: 5000,
    bodyBytesMax: 1_000_000,
    overflow: 'fail',
    redirectsMax: 5,
    ...changes,
  }
}

/** A server that is handed each connection; it is closed with the test, with all of them. */
export async function startTcp(t: TestContext, onConnection: (socket: Socket) => void): Promise<number> {
  return listen(t, createTcpServer(onConnection))
}

/** A server that answers the nth request, on whatever connection, with the nth of these texts, and the rest with the last. */
export async function startRaw(t: TestContext, ...answers: readonly RawAnswer[]): Promise<RawServer> {
  const requests: string[] = []
  const connections: Socket[] = []
  const port = await startTcp(t, (socket) => {
    connections.push(socket)
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let end = requestEnd(received); end !== -1; end = requestEnd(received)) {
        const answer = answers[Math.min(requests.length, answers.length - 1)] ?? ''
        requests.push(received.slice(0, end))
        received = received.slice(end)
        if (typeof answer === 'string') socket.write(answer, 'latin1')
        else answer(socket)
      }
    })
  })
  return { port, url: `http://127.0.0.1:${port}`, requests, connections }
}

type RawAnswer = string | ((socket: Socket) => void)

export interface RawServer {
  readonly port: number
  readonly url: string
  /** Every request as it came over the wire. */
  readonly requests: readonly string[]
  readonly connections: readonly Socket[]
}

function requestEnd(received: string): number {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return -1
  const end = headEnd + 4 + Number(/^content-length: (\d+)/im.exec(received.slice(0, headEnd))?.[1] ?? 0)
  return received.length >= end ? end : -1
}

export const okAnswer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export async function startHttp(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(t, createHttpServer(listener))}`
}

/** Listens on a port of 127.0.0.1; at the test's end, cuts what is still open. */
export async function listen(t: TestContext, server: Server, host = '127.0.0.1'): Promise<number> {
  const open = new Set<Socket>()
  const track = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
  }
  server.on('connection', track)
  server.on('secureConnection', track)
  server.listen(0, host)
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The failure and its sentence, or the status: what a test compares. */
export function outcome(result: Answer | NoAnswer): string {
  return result.kind === 'answer' ? `${result.status} ${result.body.toString('latin1')}` : result.failure
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Header, headerLines, headerPairs, type Message } from './wire.ts'

/** What a topic or a callback answers, misbehaviour included. */
export interface Answer {
  /** 200 unless told. */
  readonly status?: number
  /** Sent as given: order, casing, repeats. `Content-Length` is added where the body wants one and nothing else tells it. */
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
  /**
   * `hang` never answers; `reset` ends the connection with a TCP reset; `truncate` ends it in the middle of a body whose
   * length was told, `abort` in the middle of a chunked one; `drip` sends a byte every 20 ms; `endless` never stops sending.
   */
  readonly fault?: 'hang' | 'reset' | 'truncate' | 'abort' | 'drip' | 'endless'
  /** Answers no sooner. */
  readonly until?: Promise<unknown>
  /** Written to the connection in place of a whole HTTP answer. */
  readonly raw?: string
}

/** A request of the hub's as it came over the wire, nothing parsed away. */
export interface Received {
  readonly message: Message
  readonly method: string
  /** The raw request-target. */
  readonly target: string
}

/** What happens to one request. */
export interface Handling {
  /** What to answer; undefined answers 404. */
  answer(received: Received): Promise<Answer | undefined>
  /** The answer, once it is on its way; a sentence where it is none. */
  answered(answer: Message | string): void
  /** The answer went out whole, or the connection ended before. */
  ended(whole: boolean): void
}

export interface Server {
  /** `http://127.0.0.1:port`, without a slash. */
  readonly origin: string
  close(): Promise<void>
}

/** Called when the head of a request has come. */
export type Handler = (method: string, target: string) => Handling

/** A server that reads each request whole and answers what it is told to. */
export async function startServer(
  handler: Handler,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  // Never ended for being idle: the hub may just have begun to write its next request.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const handling = handler(request.method ?? '', request.url ?? '')
    response.once('close', () => handling.ended(response.writableFinished))
    receive(request)
      .then(async (received) => send(response, await handling.answer(received), handling))
      // The hub went away in the middle of its request, which 'close' has told.
      .catch(() => response.destroy())
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const target = request.url ?? ''
  const method = request.method ?? ''
  const start = `${method} ${target} HTTP/${request.httpVersion}`
  return {
    method,
    target,
    message: { start, headers: headerPairs(request.rawHeaders), body: Buffer.concat(chunks) },
  }
}

async function send(response: ServerResponse, answer: Answer | undefined, { answered }: Handling): Promise<void> {
  const { status = 200, headers = [], fault, until, raw, body: text = '' } = answer ?? { status: 404 }
  await until
  const body = Buffer.from(text)
  if (response.destroyed) return answered('the hub ended the connection before it was answered')
  if (fault === 'hang') return answered('kept waiting on purpose')
  if (fault === 'reset') {
    answered('the connection reset on purpose')
    response.socket?.resetAndDestroy()
    return
  }
  if (raw !== undefined) {
    answered({ start: raw.split('\r\n')[0] ?? '', headers: [], body: Buffer.from(raw) })
    response.socket?.end(raw)
    return
  }
  const sent = [...headers, ...lengthHeader(status, headers, body, fault)]
  answered({ start: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`.trim(), headers: sent, body })
  response.sendDate = false
  response.writeHead(status, sent.flat())
  await sendBody(response, body, fault)
}

/** None where HTTP forbids one, or where the fault needs a chunked body. */
function lengthHeader(
  status: number,
  headers: readonly Header[],
  body: Buffer,
  fault: Answer['fault'],
): readonly Header[] {
  const told = headerLines(headers, 'Content-Length').length + headerLines(headers, 'Transfer-Encoding').length > 0
  const chunked = fault === 'abort' || fault === 'endless' || fault === 'drip'
  return told || chunked || status === 204 || status === 304 ? [] : [['Content-Length', String(body.length)]]
}

async function sendBody(response: ServerResponse, body: Buffer, fault: Answer['fault']): Promise<void> {
  switch (fault) {
    case 'truncate':
    case 'abort':
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy())
      return
    case 'drip':
      for (const byte of body) {
        if (response.destroyed) return
        response.write(Buffer.of(byte))
        await pause(20)
      }
      response.end()
      return
    case 'endless':
      return sendForever(response, body.length > 0 ? body : Buffer.from('x'))
    default:
      response.end(body)
  }
}

/** The body once, then its last byte for ever, a few megabytes a second: who reads on shall not be choked. */
async function sendForever(response: ServerResponse, body: Buffer): Promise<void> {
  response.write(body)
  const chunk = Buffer.alloc(65_536, body.subarray(-1))
  while (!response.destroyed) {
    if (!response.writableNeedDrain) response.write(chunk)
    await pause(20)
  }
}

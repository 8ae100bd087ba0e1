import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Clock, worldClock } from './clock.ts'
import { type Header, headerPairs, type Message } from './wire.ts'

/** A request of the suite's to the hub. */
export interface HubRequest {
  readonly url: string
  readonly method: string
  /** Sent as given, after `Host`; `Content-Length` is added where they tell no length. */
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/** Sends requests, over connections it keeps. */
export interface Client {
  /** The hub's answer; a sentence where none came, or not the whole of one. */
  send(request: HubRequest, withinMs: number): Promise<Message | string>
  /** Writes those bytes to the hub and returns everything it sends until it closes the connection or is silent so long. */
  sendRaw(url: string, bytes: Buffer, silenceMs: number): Promise<string>
  close(): void
}

export function createClient(clock: Clock = worldClock): Client {
  const agents = { http: new Agent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  return {
    send: (request, withinMs) => send(request, agents, { clock, withinMs }),
    sendRaw: (url, bytes, silenceMs) => sendRaw(url, bytes, { clock, silenceMs }),
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** The request line and the headers as they go out. */
export function requestHead({ url, method, headers, body }: HubRequest): Pick<Message, 'start' | 'headers'> {
  const { host, pathname, search } = new URL(url)
  const told = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const length: readonly Header[] = told || method === 'GET' ? [] : [['Content-Length', String(body.length)]]
  return { start: `${method} ${pathname}${search} HTTP/1.1`, headers: [['Host', host], ...headers, ...length] }
}

interface Agents {
  readonly http: Agent
  readonly https: HttpsAgent
}

interface Limit {
  readonly clock: Clock
  readonly withinMs: number
}

async function send(request: HubRequest, agents: Agents, limit: Limit): Promise<Message | string> {
  const first = await sendOnce(request, agents, limit)
  // A kept connection that the hub has just closed (RFC 9112 §9.3.1): the request never reached it.
  return first === 'stale' ? sendOnce(request, agents, limit) : first
}

function sendOnce(request: HubRequest, agents: Agents, { clock, withinMs }: Limit): Promise<Message | string> {
  const url = new URL(request.url)
  const { promise, resolve } = Promise.withResolvers<Message | string>()
  const options = { method: request.method, headers: requestHead(request).headers.flat() }
  const outgoing =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http })
  const noAnswer = (error: Error & { readonly code?: string }) =>
    error.code === 'ECONNRESET' && outgoing.reusedSocket ? 'stale' : `no answer: ${error.message || error.code}`
  let reading: Reading | undefined
  outgoing.on('error', (error) => resolve(noAnswer(error)))
  outgoing.on('response', (response) => {
    reading = read(response)
    reading.answer.then(resolve)
  })
  outgoing.end(request.body)
  const stop = clock.countDown(withinMs, () => {
    const within = `within ${withinMs / 1000} s`
    resolve(reading === undefined ? `no answer ${within}` : `${partly} without an end ${within}: ${reading.soFar()}`)
    outgoing.destroy()
  })
  return promise.finally(stop)
}

interface Reading {
  /** The whole answer; a sentence where it did not come whole. */
  readonly answer: Promise<Message | string>
  /** Its status line, and how much of its body came until now. */
  soFar(): string
}

/** More than any hub has to say to a request. */
const answerBytesMax = 16 * 1024 ** 2

const partly = 'an answer'

/** Of what `send` says where there is no whole answer: whether some of it came. */
export function isPartly(sentence: string): boolean {
  return sentence.startsWith(partly)
}

function read(response: IncomingMessage): Reading {
  const start = `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`.trim()
  const length = response.headers['content-length']
  const chunks: Buffer[] = []
  let bytes = 0
  const soFar = () => `${start} with ${bytes}${length === undefined ? '' : ` of ${length}`} bytes of its body`
  async function whole(): Promise<Message | string> {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer)
      bytes += (chunk as Buffer).length
      if (bytes > answerBytesMax) return `${partly} without an end: ${soFar()}`
    }
    return { start, headers: headerPairs(response.rawHeaders), body: Buffer.concat(chunks) }
  }
  // It was reached, and had begun to answer: that is told apart from a hub that is not there.
  return { answer: whole().catch(() => `${partly} that was cut off: ${soFar()}`), soFar }
}

function sendRaw(
  url: string,
  bytes: Buffer,
  { clock, silenceMs }: { readonly clock: Clock; readonly silenceMs: number },
): Promise<string> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'https:'
  const socket = secure
    ? connectTls({ host, port: Number(port || 443), servername: host })
    : connect({ host, port: Number(port || 80) })
  const { promise, resolve } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  const done = () => {
    socket.destroy()
    resolve(Buffer.concat(chunks).toString('latin1'))
  }
  let stop = clock.countDown(silenceMs, done)
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    stop()
    stop = clock.countDown(silenceMs, done)
  })
  socket.on('close', done)
  socket.on('error', done)
  socket.write(bytes)
  return promise.finally(() => stop())
}

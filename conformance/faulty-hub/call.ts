import { type Agent, request } from 'node:http'
import { request as requestSecurely } from 'node:https'
import type { Clock } from '../clock.ts'
import { type Header, headerPairs, headerValue } from '../wire.ts'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: readonly Header[]
  readonly body?: Buffer
  /** Sends the body without telling its length. */
  readonly chunked?: boolean
  readonly timeoutMs: number
  /** No more of an answer is read. */
  readonly bytesMax: number
  /** Takes what came of an answer that broke off. */
  readonly takesBroken?: boolean
  /** Takes any certificate for good. */
  readonly trustsAnyone?: boolean
  readonly agent: Agent
  readonly clock: Clock
  readonly userAgent?: string
}

export interface Reply {
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/** One request, redirects not followed. Null where no whole answer came in time. */
export function call({
  method,
  url,
  headers = [],
  body,
  chunked,
  timeoutMs,
  bytesMax,
  takesBroken,
  trustsAnyone = false,
  agent,
  clock,
  userAgent = 'faulty-hub',
}: Call): Promise<Reply | null> {
  const address = URL.parse(url)
  if (address === null) return Promise.resolve(null)
  const { hostname, port, host } = address
  const { promise, resolve } = Promise.withResolvers<Reply | null>()
  const length = body === undefined ? [] : [lengthHeader(body, chunked === true)]
  const secure = address.protocol === 'https:'
  const outgoing = (secure ? requestSecurely : request)({
    ...(secure ? { rejectUnauthorized: !trustsAnyone } : { agent }),
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port || (secure ? 443 : 80),
    method,
    path: requestTarget(url),
    headers: [
      ['Host', host],
      ...(userAgent === '' ? [] : [['User-Agent', userAgent]]),
      ['Accept', '*/*'],
      ...headers,
      ...length,
    ].flat(),
  })
  outgoing.on('error', () => resolve(null))
  outgoing.on('response', (response) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const reply = () => ({
      status: response.statusCode ?? 0,
      headers: headerPairs(response.rawHeaders),
      body: Buffer.concat(chunks).subarray(0, bytesMax),
    })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= bytesMax) return
      resolve(reply())
      response.destroy()
    })
    response.on('end', () => resolve(reply()))
    response.on('error', () => resolve(takesBroken === true ? reply() : null))
  })
  outgoing.end(body)
  const stop = clock.countDown(timeoutMs, () => outgoing.destroy(new Error('too late')))
  return promise.finally(stop)
}

function lengthHeader(body: Buffer, chunked: boolean): Header {
  return chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)]
}

/** As it was given, without what `URL` would make of it. */
function requestTarget(url: string): string {
  const target = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? ''
  return target.startsWith('/') ? target : `/${target}`
}

/** Follows redirects, as a fetch may and nothing else (§5.3.1, §7). */
export async function callFollowing(
  first: Call,
  redirectsMax: number,
): Promise<(Reply & { readonly url: string }) | null> {
  let url = first.url
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const reply = await call({ ...first, url })
    if (reply === null) return null
    const location = headerValue(reply.headers, 'Location')
    if (reply.status < 300 || reply.status === 304 || reply.status > 399 || location === undefined)
      return { ...reply, url }
    url = new URL(location, url).href
  }
  return null
}

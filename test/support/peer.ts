import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

/** One request as it came over the wire, nothing parsed away. */
export interface Seen {
  readonly method: string
  /** The raw request-target. */
  readonly target: string
  /** The target before its first `?`. */
  readonly path: string
  /** The target after its first `?`, as it came; empty where there is none. */
  readonly rawQuery: string
  /** In their order and casing. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly text: string
  /** The values of a header, any casing, joined as HTTP joins them; undefined where it did not come. */
  header(name: string): string | undefined
  /** The decoded value of a query parameter; undefined where it did not come. */
  parameter(name: string): string | undefined
  /** What was answered; null while nothing was. */
  status: number | null
  /** The answer went out whole, or the connection ended. */
  ended: boolean
}

/** What a peer answers, misbehaviour included. */
export interface PeerAnswer {
  /** 200 unless told. */
  readonly status?: number
  /** A list is sent as several fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
  /**
   * `hang` never answers; `hang-body` sends the header and half the body; `reset` answers with a TCP reset; `truncate`
   * ends the connection in the middle of a body whose length it told; `abort` does so in a chunked body; `drip` sends a byte
   * every 20 ms; `endless` never stops sending.
   */
  readonly fault?: 'hang' | 'hang-body' | 'reset' | 'truncate' | 'abort' | 'drip' | 'endless'
  /** `if-allowed` compresses where Accept-Encoding has gzip. */
  readonly gzip?: 'always' | 'if-allowed'
  /** Answers no sooner. */
  readonly until?: Promise<unknown>
}

export interface Peer {
  /** `http://127.0.0.1:port`, without a slash. */
  readonly origin: string
  readonly requests: readonly Seen[]
  /** Resolves once the predicate holds; looks again whenever a request comes or ends. Fails the test after 10 s. */
  until(predicate: () => boolean, what: string): Promise<void>
}

/** A real server on a free loopback port that logs every request; it closes, with all that is open, when the test ends. */
export async function startPeer(t: Pick<TestContext, 'after'>, respond: (seen: Seen) => PeerAnswer): Promise<Peer> {
  const requests: Seen[] = []
  const watch = createWatch(requests)
  const server = createServer((request, response) => {
    void read(request).then((seen) => {
      requests.push(seen)
      response.on('close', () => {
        seen.ended = true
        watch.look()
      })
      watch.look()
      return send(response, seen, respond(seen))
    }, ignore)
  })
  server.keepAliveTimeout = 60_000 // A peer never closes a kept connection by itself: that would be another test.
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    watch.close()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, until: watch.until }
}

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const target = request.url ?? ''
  const [path = '', ...query] = target.split('?')
  const rawQuery = query.join('?')
  return {
    method: request.method ?? '',
    target,
    path,
    rawQuery,
    rawHeaders: pairs(request.rawHeaders),
    body,
    text: body.toString(),
    header: (name) => [request.headers[name.toLowerCase()]].flat().join(', ') || undefined,
    parameter: (name) => new URLSearchParams(rawQuery).get(name) ?? undefined,
    status: null,
    ended: false,
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []))
}

async function send(response: ServerResponse, seen: Seen, answer: PeerAnswer): Promise<void> {
  await answer.until
  if (answer.fault === 'hang' || response.destroyed) return
  if (answer.fault === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const zipped =
    answer.gzip === 'always' || (answer.gzip === 'if-allowed' && /gzip/.test(seen.header('accept-encoding') ?? ''))
  const plain = Buffer.from(answer.body ?? '')
  const body = zipped ? gzipSync(plain) : plain
  seen.status = answer.status ?? 200
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value as string | string[])
  if (zipped) response.setHeader('Content-Encoding', 'gzip')
  response.statusCode = seen.status
  await sendBody(response, body, answer.fault)
}

async function sendBody(response: ServerResponse, body: Buffer, fault: PeerAnswer['fault']): Promise<void> {
  const half = body.subarray(0, Math.ceil(body.length / 2))
  switch (fault) {
    case 'truncate':
      response.setHeader('Content-Length', body.length)
      response.write(half, () => response.destroy())
      return
    case 'abort':
      response.write(half, () => response.destroy())
      return
    case 'hang-body':
      response.setHeader('Content-Length', body.length)
      response.write(half)
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
      await pipeline(endless, response).catch(ignore)
      return
    default:
      if (response.statusCode !== 204 && response.statusCode !== 304) response.setHeader('Content-Length', body.length)
      response.end(body)
  }
}

function* endless(): Generator<Buffer> {
  const chunk = Buffer.alloc(65_536, 'x')
  while (true) yield chunk
}

const deadlineMs = 10_000

/** Waiting on facts: each waiter is asked again whenever something happened. */
function createWatch(requests: readonly Seen[]) {
  const waiters = new Set<() => void>()
  return {
    look(): void {
      for (const waiter of waiters) waiter()
    },
    async until(predicate: () => boolean, what: string): Promise<void> {
      if (predicate()) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reject(new Error(`${what}: not within ${deadlineMs} ms. ${told(requests)}`)),
        deadlineMs,
      )
      const waiter = () => {
        if (predicate()) resolve()
      }
      waiters.add(waiter)
      await promise.finally(() => {
        clearTimeout(timer)
        waiters.delete(waiter)
      })
    },
    close(): void {
      waiters.clear()
    },
  }
}

function told(requests: readonly Seen[]): string {
  const last = requests.slice(-20).map((seen) => `  ${seen.method} ${seen.target} → ${seen.status ?? 'nothing'}`)
  return `${requests.length} requests came, the last:\n${last.join('\n')}`
}

/** The client went away in the middle of its request: it sees that itself. */
function ignore(): void {}

import { once } from 'node:events'
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { Cleanup } from '../support/cleanup.ts'
import type { WholeHub } from '../support/hub.ts'

/** One block of an event stream, as the HTML Standard parses it (§9.2.6). */
export interface StreamEvent {
  readonly event: string
  readonly id: string | null
  readonly data: string
}

/** A client of Server-Sent Events, read by hand. */
export interface EventClient {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly events: readonly StreamEvent[]
  /** The beginning of what came, as it was: the whole body of an answer that is no stream. */
  readonly text: string
  /** The texts of the notifications so far. */
  readonly bodies: readonly string[]
  readonly ended: boolean
  /** It ended as HTTP ends, and was not broken off. */
  readonly complete: boolean
  /** Takes nothing from now on, until `resume`. */
  pause(): void
  resume(): void
  /** Resolves once the predicate holds; fails the test after 10 s. */
  until(predicate: () => boolean, what: string): Promise<void>
  close(): void
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>
}

/** Resolves with the answer's header. */
export async function openEvents(t: Cleanup, url: string | URL, { headers = {} }: Asking = {}): Promise<EventClient> {
  const asked: ClientRequest = request(url, { headers, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const events: StreamEvent[] = []
  const waiting = createWaiting(() => `${JSON.stringify(events).slice(0, 2000)} ${text.slice(0, 200)}`)
  let text = ''
  let pending: string[] = []
  let ended = false

  /** Joined only where a block may end: a block may be many megabytes. */
  function take(chunk: string): void {
    if (text.length < textMax) text += chunk
    const endsBlock = chunk.includes('\n\n') || (chunk.startsWith('\n') && pending.at(-1)?.endsWith('\n'))
    pending.push(chunk)
    if (!endsBlock) return
    const blocks = pending.join('').split('\n\n')
    pending = [blocks.pop() ?? '']
    events.push(...blocks.flatMap(eventOf))
  }

  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    take(chunk)
    waiting.look()
  })
  answer.on('error', () => {})
  answer.on('close', () => {
    ended = true
    waiting.look()
  })
  t.after(() => asked.destroy())
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    events,
    get text() {
      return text
    },
    get bodies() {
      return events.filter(({ event }) => event === 'notification').map(({ data }) => String(JSON.parse(data).body))
    },
    get ended() {
      return ended
    },
    get complete() {
      return answer.complete
    },
    until: waiting.until,
    pause: () => answer.pause(),
    resume: () => answer.resume(),
    close: () => asked.destroy(),
  }
}

const textMax = 64 * 1024

/** A block without data is no event. */
function eventOf(block: string): readonly StreamEvent[] {
  const fields = block.split('\n').map((line) => {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    return [name, value] as const
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  const last = (wanted: string) => fields.findLast(([name]) => name === wanted)?.[1]
  return data.length === 0 ? [] : [{ event: last('event') ?? 'message', id: last('id') ?? null, data: data.join('\n') }]
}

/** `GET /stream` of a hub. */
export function streamUrl(hub: string, topic: string, parameters: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/stream', hub)
  url.search = String(new URLSearchParams({ topic, ...parameters }))
  return url
}

/** A WebSocket as browsers have it, and what came over it. */
export interface SocketClient {
  readonly socket: WebSocket
  readonly messages: readonly Readonly<Record<string, unknown>>[]
  /** Resolves once the predicate holds; fails the test after 10 s. */
  until(predicate: () => boolean, what: string): Promise<void>
}

export async function openSocket(t: Cleanup, url: URL): Promise<SocketClient> {
  const at = new URL(url)
  at.protocol = 'ws:'
  const socket = new WebSocket(at)
  const messages: Record<string, unknown>[] = []
  const waiting = createWaiting(() => JSON.stringify(messages))
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(data))
    waiting.look()
  })
  await once(socket, 'open')
  t.after(() => socket.close())
  return { socket, messages, until: waiting.until }
}

/** Publishes content and waits until it has its number. */
export async function publishes(
  hub: WholeHub,
  path: string,
  content: string | Uint8Array,
  type?: string,
): Promise<void> {
  hub.publisher.publishes(path, content, type === undefined ? {} : { type })
  await hub.ping(hub.publisher.topic(path))
  await hub.drain()
}

/** Waiting on facts: each waiter is asked again whenever something came. */
function createWaiting(told: () => string) {
  const waiters = new Set<() => void>()
  return {
    look(): void {
      for (const waiter of waiters) waiter()
    },
    async until(predicate: () => boolean, what: string): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(() => reject(new Error(`${what}: not within 10 s. Came: ${told()}`)), 10_000)
      const waiter = () => {
        if (predicate()) resolve()
      }
      waiters.add(waiter)
      waiter()
      await promise.finally(() => {
        clearTimeout(timer)
        waiters.delete(waiter)
      })
    },
  }
}

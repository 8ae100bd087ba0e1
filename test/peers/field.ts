import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { type WholeHub, type WholeHubOptions, wholeHub } from '../support/hub.ts'
import { type Peer, type PeerAnswer, type Seen, startPeer } from '../support/peer.ts'
import type { Publishing } from '../support/publisher.ts'

/** What the hub answered a client. */
export interface Sent {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A hub, and a client as it is in the field: the bytes it sends, and the rule by which it takes what comes back. */
export interface Field extends WholeHub {
  /**
   * POSTs a client's own bytes to the hub. Its header fields are those given, and Host, Connection and Content-Length; a
   * client that sends `Expect` waits for 100 before its body, as curl does.
   */
  sends(body: string, options?: SendOptions): Promise<Sent>
  /** What the publisher's readers follow. */
  readonly topic: string
  /** Puts content there, says so to the hub, and has it delivered. */
  publishes(content: string, options?: Publishing): Promise<void>
  /** The callbacks that are subscribed now. */
  subscribed(): Promise<readonly string[]>
  /** Adds to what was said: what a client did that runs by itself. */
  notes(line: string): void
  /** The client's server, where it judges what the hub asks and delivers. */
  listens(respond: (seen: Seen) => PeerAnswer): Promise<Peer>
}

export interface SendOptions {
  /** The request-target; `/` unless told. */
  readonly target?: string
  /** A form's Content-Type, unless told. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What was said to and fro is told as the test's diagnostic: `table.ts` makes the table of peers from it. */
export async function inTheField(t: TestContext, options: WholeHubOptions = {}): Promise<Field> {
  const whole = await wholeHub(t, options)
  const topic = whole.publisher.topic('/feed?a=1&b=%20c')
  const said: (() => string)[] = []
  t.after(() => {
    const delivered = whole.subscriber.deliveries().length
    const readers = delivered === 0 ? [] : [`readers got ${delivered}`]
    t.diagnostic(summary([...said.map((line) => line()), ...readers]))
  })
  return {
    ...whole,
    topic,
    async publishes(content, options) {
      whole.publisher.publishes('/feed', content, { type: 'application/atom+xml', self: topic, ...options })
      await whole.ping(topic)
      await whole.drain()
    },
    notes: (line) => void said.push(() => line),
    async subscribed() {
      const rows = await whole.database.db.selectFrom('subscription').select('callback').execute()
      return rows.map(({ callback }) => callback)
    },
    async sends(body, { target = '/', headers = form } = {}) {
      const sent = await send(new URL(target, whole.url), headers, body)
      const mode = /hub\.mode(?:=|"\r\n\r\n)(\w+)/.exec(`${target} ${body}`)?.[1]
      said.push(() => `${mode} ${sent.status}`)
      return sent
    },
    listens: (respond) =>
      startPeer(t, (seen) => {
        said.push(
          () =>
            `${seen.method === 'GET' ? `asked to ${seen.parameter('hub.mode')}` : 'delivery'} ${seen.status ?? 'reset'}`,
        )
        return respond(seen)
      }),
  }
}

export const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** `a b`, `a b` → `a b (2 times)`. */
function summary(lines: readonly string[]): string {
  const counted = new Map<string, number>()
  for (const line of lines) counted.set(line, (counted.get(line) ?? 0) + 1)
  return [...counted].map(([line, times]) => (times === 1 ? line : `${line} (${times} times)`)).join(', ')
}

async function send(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
  const { promise, resolve, reject } = Promise.withResolvers<Sent>()
  const outgoing = request(url, { method: 'POST', headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } })
  outgoing.on('error', reject)
  outgoing.on('response', (response) => {
    text(response).then((answer) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer })
    }, reject)
  })
  if ('Expect' in headers) outgoing.on('continue', () => outgoing.end(body)).flushHeaders()
  else outgoing.end(body)
  return promise
}

/** The parameters as most clients write them: percent-encoded, in the order given. */
export function urlencoded(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
}

/** PHP gives the names in `$_GET` with `_` for every `.`, and sees the last of several. */
export function phpParameters(seen: Seen): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new URLSearchParams(seen.rawQuery)].map(([name, value]) => [name.replaceAll('.', '_'), value]),
  )
}

/** What a Link field says, by rel, as a simple client reads it: `<…>; rel="…"`, separated by commas. */
export function linksOf(seen: Seen): Readonly<Record<string, string>> {
  const links = [...(seen.header('link') ?? '').matchAll(/<([^>]+)>;\s*rel="([^"]+)"/g)]
  return Object.fromEntries(links.map(([, url = '', rel = '']) => [rel, url]))
}

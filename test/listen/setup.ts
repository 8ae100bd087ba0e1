import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { listenOptions } from '../../src/commands/listen.ts'
import { listen } from '../../src/listen/listen.ts'

/** A page that is not there to be fetched. */
export const topic = 'http://127.0.0.1:1/topic'

export interface Stranger {
  /** Ends with a slash. */
  readonly url: string
  /** Answers nobody any more. */
  close(): void
}

/** A server of somebody else's; with what it answers. */
export async function stranger(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Stranger> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  t.after(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close }
}

export interface StrangeHub extends Stranger {
  /** Of the first request to subscribe. */
  readonly callback: Promise<string>
  /** The first request to unsubscribe. */
  readonly goodbye: Promise<void>
  /** Asks what a hub asks (§5.3), and says what came back: `200 abc`. */
  ask(mode: string, more?: Readonly<Record<string, string>>): Promise<string>
}

/** A hub that takes any request and asks nothing by itself. */
export async function strangeHub(
  t: TestContext,
  answer: (form: URLSearchParams, response: ServerResponse) => unknown = () => {},
): Promise<StrangeHub> {
  const callback = Promise.withResolvers<string>()
  const goodbye = Promise.withResolvers<void>()
  const server = await stranger(t, async (request, response) => {
    const form = new URLSearchParams(await text(request))
    await answer(form, response)
    if (!response.headersSent) response.writeHead(request.method === 'POST' ? 202 : 200).end()
    if (form.get('hub.mode') === 'subscribe') callback.resolve(form.get('hub.callback') ?? '')
    if (form.get('hub.mode') === 'unsubscribe') goodbye.resolve()
  })
  return {
    ...server,
    callback: callback.promise,
    goodbye: goodbye.promise,
    async ask(mode, more = {}) {
      const query = new URLSearchParams({ 'hub.mode': mode, 'hub.topic': topic, 'hub.challenge': 'abc', ...more })
      const answered = await fetch(`${await callback.promise}?${query}`)
      return `${answered.status} ${await answered.text()}`
    },
  }
}

export interface Listened {
  readonly lines: readonly string[]
  readonly complaints: readonly string[]
  /** Resolves once a line or a complaint matches. */
  told(pattern: RegExp): Promise<void>
  stop(): void
  readonly exitCode: Promise<number>
}

/** `fanfare listen` with these words, in this process. */
export function listenTo(t: TestContext, words: readonly string[]): Listened {
  const [lines, complaints]: [string[], string[]] = [[], []]
  const { look, told } = watcher(() => [...lines, ...complaints])
  const stop = new AbortController()
  t.after(() => stop.abort())
  const exitCode = listen(listenOptions(words, {}), {
    say(line) {
      lines.push(line)
      look()
    },
    complain(sentence) {
      complaints.push(sentence)
      look()
    },
    stop: stop.signal,
  })
  return { lines, complaints, told, stop: () => stop.abort(), exitCode }
}

/** Looks whenever it is told to, and resolves once one of the texts matches. */
export function watcher(texts: () => readonly string[]) {
  const looks = new Set<() => void>()
  return {
    look() {
      for (const look of looks) look()
    },
    told: (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const look = () => texts().some((text) => pattern.test(text)) && resolve()
        looks.add(look)
        look()
      }),
  }
}

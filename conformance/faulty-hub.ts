import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultName, Has } from './faulty-hub/faults.ts'
import type { Inside } from './faulty-hub/inside.ts'
import { readTopics } from './faulty-hub/ping.ts'
import { Refused, readSubscription, type SubscriptionRequest } from './faulty-hub/request.ts'
import { type HubSettings, quickSettings } from './faulty-hub/settings.ts'
import { deny, pairOf, verify } from './faulty-hub/subscriptions.ts'
import { noteChange } from './faulty-hub/topics.ts'

export interface FaultyHub {
  readonly url: string
  close(): Promise<void>
}

/**
 * Starts a small hub in memory, on loopback. It keeps every rule the suite checks but for those that the faults it is given
 * break: by it the suite shows that it can fail.
 */
export async function startHub({
  faults = [],
  settings = {},
}: {
  readonly faults?: readonly FaultName[]
  readonly settings?: Partial<Omit<HubSettings, 'ownUrl'>>
} = {}): Promise<FaultyHub> {
  const server = createServer({ keepAliveTimeout: 60_000 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const switched = new Set<string>(faults)
  const inside: Inside = {
    has: (fault) => switched.has(fault),
    settings: { ...quickSettings, ...settings, ownUrl: () => url },
    agent: new Agent({ keepAlive: true }),
    subscriptions: new Map(),
    appliedNumbers: new Map(),
    topics: new Map(),
  }
  const desk = createDesk(inside)
  server.on('request', (request, response) => void desk(request, response).catch(() => response.destroy()))
  return {
    url,
    async close() {
      const closed = once(server, 'close')
      inside.subscriptions.clear()
      inside.agent.destroy()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Answers requests; numbered as they come, so that the newest for a pair wins. */
function createDesk(inside: Inside): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { has } = inside
  const waiting = new Map<string, SubscriptionRequest>()
  /** Pairs that were asked for and not yet settled. */
  const open = new Set<string>()
  let number = 0

  async function act(request: IncomingMessage): Promise<{ readonly status: number; readonly next?: () => void }> {
    if (request.method !== 'POST') throw new Refused('POST a form here.', 405)
    const fields = await readForm(request, has)
    if (has('repeated-parameter-adds') && fields.getAll('hub.topic').length > 1) return acceptEach(fields)
    if (fields.get('hub.mode') === 'publish') return ping(fields)
    const accepted = readSubscription(fields, inside)
    const own = ++number
    if (has('verifies-before-answering')) {
      await verify(inside, accepted, own)
      return { status: 202 }
    }
    const status = has('answers-200') ? 200 : has('answers-204') ? 204 : 202
    return { status, next: () => void begin(accepted, own) }
  }

  async function ping(fields: URLSearchParams): Promise<{ readonly status: number; readonly next?: () => void }> {
    const fetched = Promise.all(readTopics(fields, inside).map((topic) => noteChange(inside, topic)))
    if (has('answers-ping-after-fetch')) await fetched
    const status = has('publish-answers-200') ? 200 : 204
    if (!has('ping-with-callback-subscribes') || !fields.has('hub.callback')) return { status }
    const asked = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.topic': fields.get('hub.url') ?? '',
      'hub.callback': fields.get('hub.callback') ?? '',
    })
    return { status, next: () => void begin(readSubscription(asked, inside), ++number) }
  }

  function acceptEach(fields: URLSearchParams): { readonly status: number; readonly next: () => void } {
    const requests = fields.getAll('hub.topic').map((topic) => {
      const one = new URLSearchParams(fields)
      one.set('hub.topic', topic)
      return readSubscription(one, inside)
    })
    return { status: 202, next: () => requests.forEach((each) => void begin(each, ++number)) }
  }

  /** Not at once: many subscribers note the request only after they have read the 202. What repeats meanwhile is one request. */
  async function begin(asked: SubscriptionRequest, own: number): Promise<void> {
    const pair = pairOf(asked, has)
    if (has('keeps-first-of-two-requests') && open.has(pair)) return
    open.add(pair)
    waiting.set(pair, asked)
    await pause(inside.settings.verifyDelayMs)
    if (waiting.get(pair) !== asked) return
    waiting.delete(pair)
    if (has('never-verifies')) return
    if (inside.settings.policy === 'closed' && asked.kind === 'subscribe')
      return deny(inside, asked, 'This hub is closed.')
    await verify(inside, asked, own)
    open.delete(pair)
  }

  return async (request, response) => {
    try {
      const { status, next } = await act(request)
      if (next !== undefined) response.once('finish', next)
      response.writeHead(status).end()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const status = has('errors-with-200') ? 200 : has('errors-with-500') ? 500 : error.status
      response.writeHead(status, { 'Content-Type': has('errors-as-html') ? 'text/html' : 'text/plain; charset=utf-8' })
      response.end(`${error.message}\n`)
    }
  }
}

const formBytesMax = 1024 ** 2

async function readForm(request: IncomingMessage, has: Has): Promise<URLSearchParams> {
  const given = request.headers['content-type'] ?? ''
  const type = has('knows-one-spelling-of-the-form-type') ? given : (given.split(';')[0]?.trim().toLowerCase() ?? '')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= formBytesMax || has('takes-forms-of-any-size')) chunks.push(chunk)
  }
  if (bytes > formBytesMax && !has('takes-forms-of-any-size')) throw new Refused('The form is too large.', 413)
  const text = Buffer.concat(chunks).toString()
  const query = request.url?.split('?')[1] ?? ''
  if (isPingIn(query) && text === '' && !has('takes-no-ping-in-the-query')) return new URLSearchParams(query)
  if (type === 'application/json' && has('accepts-json')) return new URLSearchParams(JSON.parse(text))
  if (type === '' && has('wants-a-form-type')) throw new Refused('Say what this is.', 415)
  if (type === 'multipart/form-data' && has('breaks-on-multipart')) throw new Refused('A slip.', 500)
  if (request.headers.authorization !== undefined && has('refuses-credentials'))
    throw new Refused('Nobody logs in here.', 401)
  if (type !== '' && type !== 'application/x-www-form-urlencoded') {
    throw new Refused('Send application/x-www-form-urlencoded.', 415)
  }
  const fields = new URLSearchParams(has('reads-the-query') && query !== '' ? `${query}&${text}` : text)
  if (has('refuses-hub-verify') && fields.has('hub.verify')) throw new Refused('hub.verify is not known here.')
  if (has('refuses-unknown-parameters')) refuseUnknown(fields)
  if (has('refuses-secrets') && fields.has('hub.secret')) throw new Refused('hub.secret is not known here.')
  return fields
}

function isPingIn(query: string): boolean {
  return new URLSearchParams(query).get('hub.mode') === 'publish'
}

function refuseUnknown(fields: URLSearchParams): void {
  const known = /^hub\.(mode|topic|callback|secret|lease_seconds|url|verify|verify_token)(\[\])?$/
  const unknown = [...fields.keys()].find((name) => !known.test(name))
  if (unknown !== undefined) throw new Refused(`${unknown} is not known here.`)
}

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { discoverLinks } from '../discovery/links.ts'
import { comparisonForm } from '../url-key.ts'
import { type CallbackServer, startCallbackServer, type Verification } from './callback-server.ts'
import type { ListenOptions } from './options.ts'
import { deliveryWords, numberOf, printable } from './report.ts'

/** What `listen` tells, line by line, and when it shall end. */
export interface ListenStage {
  readonly say: (text: string) => void
  /** Aborted by Ctrl-C: unsubscribe and leave. */
  readonly stop: AbortSignal
}

/** How long the hub is waited for to ask about the unsubscription. */
const goodbyeMs = 5000
const answerMs = 15_000

/**
 * Subscribes to a topic at a hub over nothing but HTTP, and tells what comes, until told to stop.
 *
 * @returns the exit code: 0 after an orderly end, 1 where the hub refused or could not be reached
 */
export async function listen(options: ListenOptions, { say, stop }: ListenStage): Promise<number> {
  const tell = (text: string) => say(`${new Date().toISOString().slice(11, 23)}  ${text}`)
  const found = await discover(options, tell)
  if (typeof found === 'string') {
    tell(found)
    return 1
  }
  const listening = createListening(options, found.topic, tell)
  const server = await startCallbackServer(options, listening).catch(whyOf)
  if (typeof server === 'string') {
    tell(`Cannot listen on ${options.host}, port ${options.port} (${server}).`)
    return 1
  }
  try {
    return await stay(options, { ...found, server, listening, tell, stop })
  } finally {
    listening.end()
    server.close()
  }
}

interface Staying {
  readonly topic: string
  readonly hub: string
  readonly server: CallbackServer
  readonly listening: Listening
  readonly tell: (text: string) => void
  readonly stop: AbortSignal
}

async function stay(options: ListenOptions, { topic, hub, server, listening, tell, stop }: Staying): Promise<number> {
  const callback = options.callback === null ? server.url : callbackBelow(options.callback, server.path)
  const ask = (mode: string) =>
    request(hub, { mode, topic, callback, leaseSeconds: options.leaseSeconds, secret: listening.secret })
  tell(`subscribing to ${topic} at ${hub}, callback ${callback}`)
  const refused = await ask('subscribe')
  if (refused !== null) {
    tell(refused)
    return 1
  }
  tell('the hub accepted the request; it will ask for a yes')
  listening.onRenewal(() => {
    tell('the lease ends soon: subscribing again')
    ask('subscribe').then((sentence) => sentence === null || tell(sentence))
  })
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    stop.addEventListener('abort', () => resolve(), { once: true })
  })
  if (!listening.isSubscribed()) {
    tell('left; there was no confirmed subscription to end')
    return 0
  }
  tell('unsubscribing')
  listening.leave()
  const sentence = await ask('unsubscribe')
  if (sentence !== null) tell(sentence)
  const left =
    sentence === null && (await Promise.race([listening.unsubscribed, pause(goodbyeMs, false, { ref: false })]))
  tell(left ? 'unsubscribed' : 'the hub did not ask about it in time: the subscription runs until its lease ends')
  return 0
}

/** What a tunnel adds in front, path and query, stays. */
function callbackBelow(publicUrl: string, path: string): string {
  const url = new URL(publicUrl)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  return url.href
}

/** What is known of the subscription, and what the callback answers. */
interface Listening {
  readonly secret: string | null
  isSubscribed(): boolean
  /** From now on an unsubscription is what was asked for, and a subscription is not (§5.3.1). */
  leave(): void
  readonly unsubscribed: Promise<true>
  onRenewal(renew: () => void): void
  verification(question: Verification): boolean
  denial(denial: { readonly topic: string; readonly reason: string }): void
  delivery(delivery: Parameters<typeof deliveryWords>[0]): void
  end(): void
}

function createListening(options: ListenOptions, topic: string, tell: (text: string) => void): Listening {
  const secret = options.secret === undefined ? randomBytes(24).toString('base64url') : options.secret
  const unsubscribed = Promise.withResolvers<true>()
  let subscribed = false
  let wanted = 'subscribe'
  let previous: number | null = null
  let renew: () => void = () => {}
  let renewal: NodeJS.Timeout | undefined
  return {
    secret,
    isSubscribed: () => subscribed,
    leave() {
      wanted = 'unsubscribe'
      clearTimeout(renewal)
    },
    unsubscribed: unsubscribed.promise,
    onRenewal(callback) {
      renew = callback
    },
    verification({ mode, topic: asked, leaseSeconds }) {
      if (asked !== topic || mode !== wanted) {
        tell(`verification of '${printable(mode)}' for ${printable(asked)}, which nobody asked for: answered 404`)
        return false
      }
      subscribed = mode === 'subscribe'
      const lease = leaseSeconds === null ? '' : `, lease ${leaseSeconds} s`
      tell(`verification: ${mode}${lease}; answered with its challenge`)
      clearTimeout(renewal)
      if (!subscribed) unsubscribed.resolve(true)
      else if (leaseSeconds !== null) renewal = setTimeout(() => renew(), renewalMs(leaseSeconds))
      return true
    },
    denial({ topic: denied, reason }) {
      if (denied === topic) subscribed = false
      tell(`DENIED: ${printable(denied)}: ${printable(reason) || 'no reason given'}`)
    },
    delivery(delivery) {
      tell(deliveryWords(delivery, { secret, whole: options.body, previous }))
      previous = numberOf(delivery) ?? previous
    },
    end() {
      clearTimeout(renewal)
    },
  }
}

/**
 * How long after a yes to renew: later than the hub's own renewal would come, and early enough for the hub's question to
 * be answered within the lease.
 *
 * @returns at most what a timer can hold
 */
export function renewalMs(leaseSeconds: number): number {
  const marginSeconds = Math.max(leaseSeconds * 0.02, Math.min(leaseSeconds / 2, 30))
  return Math.min((leaseSeconds - marginSeconds) * 1000, 2 ** 31 - 1)
}

/** The topic and hub to subscribe at, as §4 has subscribers find them; or a sentence. */
async function discover(
  { topic, hub, ownHub, exact }: ListenOptions,
  tell: (text: string) => void,
): Promise<{ readonly topic: string; readonly hub: string } | string> {
  const links = await linksOf(topic)
  if (typeof links === 'string' && hub === null) return `${links} Name the hub with --hub.`
  if (typeof links === 'string') tell(`${links} Subscribing all the same.`)
  const { self, hubs } = typeof links === 'string' ? { self: null, hubs: [] } : links
  const chosen = hub ?? hubs[0] ?? ownHub
  if (hub === null && hubs.length === 0) tell(`${topic} names no hub: trying ${ownHub} (--hub names another)`)
  if (self === null || exact || comparisonForm(self) === comparisonForm(topic)) return { topic, hub: chosen }
  tell(`${topic} calls itself ${self}: subscribing to that (--exact keeps to the first)`)
  return { topic: self, hub: chosen }
}

async function linksOf(topic: string) {
  try {
    const answer = await fetch(topic, { signal: AbortSignal.timeout(answerMs) })
    const headers = new Map([...answer.headers].map(([name, value]) => [name, [value]]))
    return await discoverLinks({ url: answer.url, headers, body: new Uint8Array(await answer.arrayBuffer()) })
  } catch (error) {
    return `${topic} could not be fetched (${whyOf(error)}).`
  }
}

interface Asked {
  readonly mode: string
  readonly topic: string
  readonly callback: string
  readonly leaseSeconds: number | null
  readonly secret: string | null
}

/** Null where the hub accepted it; else a sentence. */
async function request(hub: string, { mode, topic, callback, leaseSeconds, secret }: Asked): Promise<string | null> {
  const body = new URLSearchParams({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callback })
  if (leaseSeconds !== null) body.set('hub.lease_seconds', String(leaseSeconds))
  if (secret !== null) body.set('hub.secret', secret)
  try {
    const answer = await fetch(hub, { method: 'POST', body, signal: AbortSignal.timeout(answerMs) })
    const text = printable((await answer.text()).trim().slice(0, 500))
    return answer.ok ? null : `The hub answered ${answer.status}: ${text}`
  } catch (error) {
    return `The hub at ${hub} could not be reached (${whyOf(error)}).`
  }
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

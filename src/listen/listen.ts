import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type CallbackServer, startCallbackServer, type Verification } from './callback-server.ts'
import { discover } from './discover.ts'
import { type HubRequest, requestOf } from './hub-request.ts'
import type { ListenOptions } from './options.ts'
import { deliveryWords, numberOf, printable, whyOf } from './report.ts'

/** What `listen` tells, line by line, and when it shall end. */
export interface ListenStage {
  readonly say: (text: string) => void
  /** Aborted by Ctrl-C: unsubscribe and leave. */
  readonly stop: AbortSignal
}

/** How long the hub is waited for to ask about the unsubscription. */
const goodbyeMs = 5000

/**
 * Subscribes to a topic at a hub over nothing but HTTP, and tells what comes, until told to stop.
 *
 * @returns the exit code: 0 after an orderly end, 1 where the hub refused or could not be reached
 */
export async function listen(options: ListenOptions, { say, stop }: ListenStage): Promise<number> {
  const tell = (text: string) => say(`${new Date().toISOString().slice(11, 23)}  ${text}`)
  const found = await discover(options, { tell, stop })
  if (typeof found === 'string') {
    tell(stop.aborted ? 'left before there was a subscription' : found)
    return stop.aborted ? 0 : 1
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
  const ask = (mode: HubRequest['mode'], until: AbortSignal) => {
    const { leaseSeconds } = options
    return requestOf(hub, { mode, topic, callback, leaseSeconds, secret: listening.secret }, { tell, stop: until })
  }
  tell(`subscribing to ${topic} at ${hub}, callback ${callback}`)
  const refused = await ask('subscribe', stop)
  if (refused !== null && !stop.aborted) {
    tell(refused)
    return 1
  }
  if (!stop.aborted) tell('the hub accepted the request; it will ask for a yes')
  listening.onRenewal(() => {
    tell('the lease ends soon: subscribing again')
    ask('subscribe', stop).then((sentence) => sentence === null || tell(sentence))
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
  const sentence = await ask('unsubscribe', AbortSignal.timeout(goodbyeMs))
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

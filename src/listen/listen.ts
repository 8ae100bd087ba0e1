import { setTimeout as pause } from 'node:timers/promises'
import { type CallbackServer, startCallbackServer } from './callback-server.ts'
import { discover, type Wanted } from './discover.ts'
import { type HubRequest, requestOf } from './hub-request.ts'
import { createListening, type Listener, type Listening } from './listening.ts'
import { printable, whyOf } from './report.ts'

export interface ListenOptions extends Wanted, Listener {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** What the hub shall call; null: the server's own address. */
  readonly callback: string | null
  /** Null: the hub decides. */
  readonly leaseSeconds: number | null
}

/** What `listen` tells, line by line, and when it shall end. */
export interface ListenStage {
  readonly say: (line: string) => void
  /** A sentence that says why there is nothing to listen to, or what was left behind. */
  readonly complain: (sentence: string) => void
  /** Aborted by Ctrl-C: unsubscribe and leave. */
  readonly stop: AbortSignal
}

/** How `listen` ended: the exit codes. */
export const listenEnd = { left: 0, notSubscribed: 1, stillSubscribed: 3 } as const

/** Hubs ask within a second or so; one that cannot call says nothing. */
const hintMs = 10_000
/** How long the hub is waited for to ask about the unsubscription. */
const goodbyeMs = 5000

/**
 * Subscribes to a topic at a hub over nothing but HTTP, and tells what comes, until told to stop.
 *
 * @returns one of {@link listenEnd}
 */
export async function listen(options: ListenOptions, { say, complain, stop }: ListenStage): Promise<number> {
  const tell = (text: string) => say(`${new Date().toISOString().slice(11)}  ${text}`)
  const found = await discover(options, { tell, stop })
  if (typeof found === 'string') {
    if (!stop.aborted) complain(found)
    return stop.aborted ? listenEnd.left : listenEnd.notSubscribed
  }
  const listening = createListening({ ...options, topic: found.topic }, tell)
  const server = await startCallbackServer(options, listening).catch(whyOf)
  if (typeof server === 'string') {
    complain(`Cannot listen on ${options.host}, port ${options.port} (${server}).`)
    return listenEnd.notSubscribed
  }
  try {
    return await stay(options, { ...found, server, listening, tell, complain, stop })
  } finally {
    listening.leave()
    server.close()
  }
}

interface Staying extends Pick<ListenStage, 'complain' | 'stop'> {
  readonly topic: string
  readonly hub: string
  readonly server: CallbackServer
  readonly listening: Listening
  readonly tell: (text: string) => void
}

async function stay(options: ListenOptions, staying: Staying): Promise<number> {
  const { topic, hub, listening, tell, complain, stop } = staying
  const callback = callbackOf(options, staying)
  const wish = { topic, callback, leaseSeconds: options.leaseSeconds, secret: listening.secret }
  const ask = (mode: HubRequest['mode'], until: AbortSignal) => requestOf(hub, { mode, ...wish }, { tell, stop: until })
  listening.renewBy((until) => ask('subscribe', until))
  tell(`subscribing to ${printable(topic)} at ${printable(hub)}, callback ${callback}`)
  const refused = await ask('subscribe', stop)
  const why = stop.aborted ? null : (refused ?? (await hear(staying, callback)))
  if (why === null) return leave(staying, () => ask('unsubscribe', AbortSignal.timeout(goodbyeMs)))
  complain(why)
  return listenEnd.notSubscribed
}

/** Null where it is time to leave; or a sentence that says why nothing more will come. */
async function hear({ listening, tell, stop }: Staying, callback: string): Promise<string | null> {
  tell('the hub accepted the request; it will ask the callback whether it was meant')
  const hint = setTimeout(() => {
    if (listening.isSubscribed()) return
    tell(`not asked yet: can the hub call ${callback}? --callback names another way to here`)
  }, hintMs)
  const end = await Promise.race([listening.ended, abortOf(stop)])
  clearTimeout(hint)
  if (end === null) return null
  return end === 'denied'
    ? 'The hub denied the subscription: nothing more will come.'
    : 'The lease has ended without a new one: nothing more will come.'
}

function callbackOf({ callback }: ListenOptions, { server, tell }: Staying): string {
  if (callback === null) return server.url
  tell(`listening on ${new URL(server.url).origin}, where ${callback} must lead`)
  return callbackBelow(callback, server.path)
}

async function abortOf(stop: AbortSignal): Promise<null> {
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))
  return null
}

async function leave(
  { listening, tell, complain }: Staying,
  unsubscribe: () => Promise<string | null>,
): Promise<number> {
  if (!listening.isSubscribed()) {
    tell('left; there was no confirmed subscription to end')
    return listenEnd.left
  }
  tell('unsubscribing')
  listening.leave()
  const refused = await unsubscribe()
  if (refused === null) await Promise.race([listening.ended, pause(goodbyeMs, null, { ref: false })])
  if (listening.isSubscribed()) {
    const why = refused ?? 'The hub did not ask about it in time.'
    complain(`${why} The subscription runs until its lease ends; the hub will find nobody at its callback.`)
    return listenEnd.stillSubscribed
  }
  tell('unsubscribed')
  return listenEnd.left
}

/** What a tunnel adds in front, path and query, stays. */
function callbackBelow(publicUrl: string, path: string): string {
  const url = new URL(publicUrl)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  return url.href
}

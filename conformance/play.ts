import { Ended } from './claim.ts'
import type { CallbackOptions, TopicOptions } from './context.ts'
import type { Log } from './log.ts'
import {
  type Answerer,
  type Arrival,
  type Callback,
  echo,
  type Kind,
  kindAtCallback,
  kindAtTopic,
  parameter,
  type Topic,
} from './peers.ts'
import type { Answer, Handler, Handling } from './server.ts'
import type { Timing } from './settings.ts'
import type { Header } from './wire.ts'

/** The topics and callbacks of one claim, as the sites' servers see them. */
export interface Play {
  topic(options: TopicOptions & { readonly siteUrl: string; readonly hub: string }): Topic
  callback(options: CallbackOptions & { readonly siteUrl: string }): Callback
  /** Hands a request to the peer it was for. */
  readonly handler: Handler
  /**
   * To be told of each ping. At the first the deliveries so far are forgotten, for they came of none: a hub may send the topic as it
   * is to who subscribes.
   */
  pinged(): void
}

/** A peer's inside. */
interface Peer {
  kindOf(request: { readonly method: string; readonly query: string }): Kind
  answererOf(kind: Kind): Answerer
  readonly requests: Record<Kind, Arrival[]>
  readonly all: Arrival[]
}

export function createPlay({ log, timing }: { readonly log: Log; readonly timing: Timing }): Play {
  const peers = new Map<string, Peer>()
  let isPinged = false
  const add = (mark: string, peer: Peer, siteUrl: string, suffix = '') => {
    const name = `${mark}${peers.size + 1}`
    peers.set(name, peer)
    return `${siteUrl}/${name}${suffix}`
  }
  /** With its URL where the claim has several of them, so that its failure says which one. */
  const which = (mark: string, word: string, url: string) => () =>
    [...peers.keys()].filter((name) => name.startsWith(mark)).length > 1 ? `the ${word} ${url}` : `the ${word}`
  return {
    handler: (method, target) => handle(peerAt(target, peers), { method, target }, log),
    pinged() {
      if (!isPinged) for (const { requests } of peers.values()) requests.delivery.length = 0
      isPinged = true
    },
    topic({ siteUrl, hub, suffix, content, type = 'text/html; charset=UTF-8', links }) {
      let answerer: Answerer | undefined
      const peer = createPeer(kindAtTopic, () => answerer ?? { headers: topic.headers, body: topic.content })
      const url = add('t', peer, siteUrl, suffix)
      const fetch = nextOf(peer, 'fetch', { log, withinMs: timing.deliveryMs, where: which('t', 'topic', url) })
      const typeLine: readonly Header[] = type === null ? [] : [['Content-Type', type]]
      const topic: Topic = {
        url,
        content: content ?? `<!doctype html><title>A topic</title><p>${url}, as it was at first.`,
        headers: [...typeLine, ...(links ?? [['Link', `<${hub}>; rel="hub", <${url}>; rel="self"`] as const])],
        requests: peer.all,
        fetches: peer.requests.fetch,
        serves(next) {
          answerer = next
        },
        fetch: () => fetch(),
      }
      return topic
    },
    callback({ siteUrl, suffix }) {
      const answerers: Partial<Record<Kind, Answerer>> = { verification: echo }
      const peer = createPeer(kindAtCallback, (kind) => answerers[kind] ?? {})
      const url = add('c', peer, siteUrl, suffix)
      const wait = { log, withinMs: timing.verifyMs, where: which('c', 'callback', url) }
      const denial = nextOf(peer, 'denial', wait)
      const delivery = nextOf(peer, 'delivery', { ...wait, withinMs: timing.deliveryMs })
      const verification = nextOf(peer, 'verification', wait)
      return {
        url,
        requests: peer.all,
        verifications: peer.requests.verification,
        denials: peer.requests.denial,
        deliveries: peer.requests.delivery,
        onVerification(answerer) {
          answerers.verification = answerer
        },
        onDenial(answerer) {
          answerers.denial = answerer
        },
        onDelivery(answerer) {
          answerers.delivery = answerer
        },
        verification: (mode) =>
          verification(
            mode === undefined ? undefined : (arrival) => parameter(arrival, 'hub.mode')?.toLowerCase() === mode,
          ),
        denial: () => denial(),
        delivery: (withinMs) => delivery(undefined, withinMs),
      }
    },
  }
}

function createPeer(kindOf: Peer['kindOf'], answererOf: Peer['answererOf']): Peer {
  const requests = { fetch: [], verification: [], denial: [], delivery: [], other: [] }
  return { kindOf, answererOf, requests, all: [] }
}

/** By the name that the suite gave it, whatever the hub did to what stands before and behind. */
function peerAt(target: string, peers: ReadonlyMap<string, Peer>): Peer | undefined {
  const parts = target.split('?')[0]?.split('/') ?? []
  return parts.map((part) => peers.get(/^[tc]\d+/.exec(part)?.[0] ?? '')).find((peer) => peer !== undefined)
}

function handle(
  peer: Peer | undefined,
  { method, target }: { readonly method: string; readonly target: string },
  log: Log,
): Handling {
  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : ''
  const kind = peer?.kindOf({ method, query }) ?? 'other'
  const atMs = log.now()
  let arrival: (Arrival & { exchange: Arrival['exchange'] }) | undefined
  return {
    async answer({ message }): Promise<Answer | undefined> {
      const exchange = log.note(kind, 'hub', message)
      arrival = {
        method,
        target,
        query,
        headers: message.headers,
        body: message.body,
        text: message.body.toString(),
        atMs,
        endedAtMs: undefined,
        answeredWhole: false,
        exchange,
      }
      if (peer === undefined) return undefined
      const before = peer.requests[kind].length
      peer.requests[kind].push(arrival)
      peer.all.push(arrival)
      log.look()
      const answerer = peer.answererOf(kind)
      return typeof answerer === 'function' ? answerer(arrival, before) : answerer
    },
    answered(answer) {
      if (arrival !== undefined) arrival.exchange.answer = answer
    },
    ended(whole) {
      if (arrival === undefined) return
      arrival.endedAtMs = log.now()
      arrival.answeredWhole = whole
      arrival.exchange.answer ??= 'the hub ended the connection before it was answered'
      log.look()
    },
  }
}

/** Walks through what came of one kind, one a call; those that are not wanted are passed by. */
function nextOf(
  peer: Peer,
  kind: Kind,
  { log, withinMs, where }: { readonly log: Log; readonly withinMs: number; readonly where: () => string },
): (wanted?: (arrival: Arrival) => boolean, waitMs?: number) => Promise<Arrival> {
  let last: Arrival | undefined
  return async (wanted = () => true, waitMs = withinMs) => {
    const requests = peer.requests[kind]
    const next = () => requests.slice(last === undefined ? 0 : requests.indexOf(last) + 1).find(wanted)
    await log.until(() => next() !== undefined, waitMs)
    const arrival = next()
    if (arrival !== undefined) {
      last = arrival
      return arrival
    }
    const number = last === undefined ? `a ${kind}` : `a further ${kind}`
    const expected = `${number} at ${where()} within ${waitMs / 1000} s`
    throw new Ended({ kind: 'fail', expected, found: told(peer), wire: [], inVain: true })
  }
}

function told(peer: Peer): string {
  const counts = Object.entries(peer.requests)
    .filter(([, { length }]) => length > 0)
    .map(([kind, { length }]) => `${length} ${length === 1 ? words[kind as Kind].one : words[kind as Kind].many}`)
  return counts.length === 0 ? 'no request at all' : `only ${counts.join(', ')}`
}

const words: Readonly<Record<Kind, { readonly one: string; readonly many: string }>> = {
  fetch: { one: 'fetch', many: 'fetches' },
  verification: { one: 'verification', many: 'verifications' },
  denial: { one: 'denial', many: 'denials' },
  delivery: { one: 'delivery', many: 'deliveries' },
  other: { one: 'other request', many: 'other requests' },
}

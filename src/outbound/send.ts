import type { Answer, NoAnswer, OutboundRequest, Timing } from '../world.ts'
import { type AddressRules, createAddressGate } from './addresses.ts'
import { Attempt, createFollowing } from './attempt.ts'
import { type Carriage, carry, statusSuffices } from './carry.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { decode } from './decoding.ts'
import { createTls } from './dial.ts'
import type { Exchanged } from './exchange.ts'
import { exchangeFailure, type Failed } from './failure.ts'
import { createNames, type NameSettings } from './names.ts'
import { placeOf } from './opening.ts'
import { parseProxy } from './proxy.ts'
import { followsRedirect, nextHop } from './redirect.ts'
import { parseTarget, type Target } from './request-target.ts'
import { createSocketBound } from './sockets.ts'

export interface SenderSettings extends AddressRules, NameSettings {
  /** How many sockets may be open at once; see `socketBudget`. */
  readonly socketsMax: number
  readonly userAgent: string
  /** Further CA certificates to trust, PEM. */
  readonly extraCertificates?: string
  /** `http://user:password@host:port`: a proxy that dials in the hub's place. Literal addresses and `localhost` are still judged here. */
  readonly proxyUrl?: string
  /** Told what our own code threw over a request. */
  readonly onError: (error: unknown) => void
}

export interface SenderStats {
  readonly openSockets: number
  readonly idleConnections: number
  /** Requests that wait because all sockets are busy. */
  readonly waiting: number
}

export interface Sender {
  /** `World.send`: never throws. */
  send(request: OutboundRequest, stop?: AbortSignal): Promise<Answer | NoAnswer>
  /** Ends all that is under way (`stopped`) and closes every socket; later requests are `stopped` at once. */
  close(): Promise<void>
  stats(): SenderStats
}

/** The only place that dials (design §5). */
export function createSender(settings: SenderSettings): Sender {
  const places = createSocketBound<Connection>(settings.socketsMax)
  const connections = new Connections(places)
  const names = createNames(settings)
  const carriage: Carriage = {
    opening: {
      gate: createAddressGate(settings),
      names,
      tls: createTls(settings.extraCertificates),
      places,
      proxy: settings.proxyUrl === undefined ? undefined : parseProxy(settings.proxyUrl),
    },
    connections,
    userAgent: settings.userAgent,
  }
  const follow = createFollowing()
  const underWay = new Set<Attempt>()
  let closed: Promise<void> | undefined

  async function send(request: OutboundRequest, stop?: AbortSignal): Promise<Answer | NoAnswer> {
    const attempt = new Attempt(request.timeoutMs, (each) => follow(each, stop))
    underWay.add(attempt)
    if (closed !== undefined) attempt.end('stopped')
    try {
      return await perform(carriage, request, attempt)
    } catch (error) {
      // Our own fault, and yet a try: what can never be sent, or never be read, would otherwise be tried for ever.
      settings.onError(error)
      return noAnswer({ failure: 'protocol', why: 'The hub failed over this request or its answer.' }, attempt)
    } finally {
      underWay.delete(attempt)
      attempt.close()
    }
  }

  async function closeAll(): Promise<void> {
    for (const attempt of underWay) attempt.end('stopped')
    names.close()
    connections.closeAll()
    await places.whenNoneTaken()
  }

  return {
    send,
    close() {
      closed ??= closeAll()
      return closed
    },
    stats: () => ({ openSockets: places.taken, idleConnections: connections.idle, waiting: places.waiting }),
  }
}

async function perform(carriage: Carriage, request: OutboundRequest, attempt: Attempt): Promise<Answer | NoAnswer> {
  const visited = new Set<string>()
  let url = request.url
  for (;;) {
    const target = parseTarget(url, visited.size === 0 ? request.addedQuery : undefined)
    if (target === undefined) return noAnswer(notCallable, attempt)
    visited.add(url)
    const carried = await carry(carriage, request, target, attempt)
    if (carried?.kind !== 'answered') return noAnswer(failedOf(carried, target, request, attempt), attempt)
    if (!followsRedirect(request, carried.status)) return answer(carried, url, target, request, attempt)
    const hop = nextHop(url, carried.headers.get('location'), visited, request.redirectsMax)
    if (hop.kind === 'none') return noAnswer({ failure: 'redirects', why: `${placeOf(target)} ${hop.why}.` }, attempt)
    url = hop.url
  }
}

const notCallable: Failed = {
  failure: 'forbidden',
  why: 'The hub calls http and https URLs only, and this is neither.',
}

type Unanswered = Exclude<Awaited<ReturnType<typeof carry>>, { readonly kind: 'answered' }>

function failedOf(carried: Unanswered, target: Target, request: OutboundRequest, attempt: Attempt): Failed {
  const where = placeOf(target)
  if (attempt.ended === 'stopped') return { failure: 'stopped', why: `The hub broke off its call of ${where}.` }
  if (attempt.ended === 'timeout' || carried === undefined) {
    return { failure: 'timeout', why: `${where} did not answer completely within ${request.timeoutMs} ms.` }
  }
  switch (carried.kind) {
    case 'failed':
      return carried.failed
    case 'too-large':
      return tooLarge(where, request)
    case 'broken':
      return exchangeFailure(carried.error, where, carried.came === 'headers')
    default:
      return carried satisfies never
  }
}

function tooLarge(where: string, { bodyBytesMax }: OutboundRequest): Failed {
  return { failure: 'too-large', why: `What ${where} answered is longer than ${bodyBytesMax} bytes.` }
}

async function answer(
  { status, headers, body: raw, cut }: Extract<Exchanged, { kind: 'answered' }>,
  url: string,
  target: Target,
  request: OutboundRequest,
  attempt: Attempt,
): Promise<Answer | NoAnswer> {
  const contentEncoding = headers.get('content-encoding')
  let body = raw
  if (contentEncoding !== undefined && raw.length > 0) {
    const partial = cut || statusSuffices(request)
    const decoded = await decode(raw, contentEncoding, { bytesMax: request.bodyBytesMax, partial })
    if (decoded.kind === 'wrong') return noAnswer(wronglyEncoded(placeOf(target)), attempt)
    if (decoded.cut && request.overflow === 'fail') return noAnswer(tooLarge(placeOf(target), request), attempt)
    body = decoded.body
  }
  return { kind: 'answer', status, headers, body, url, timing: timingOf(attempt) }
}

function wronglyEncoded(where: string): Failed {
  return {
    failure: 'protocol',
    why: `What ${where} answered is not encoded as its Content-Encoding says, or breaks off.`,
  }
}

function noAnswer({ failure, why }: Failed, attempt: Attempt): NoAnswer {
  return { kind: 'no-answer', failure, why, timing: timingOf(attempt) }
}

function timingOf(attempt: Attempt): Timing {
  const { nameMs, connectMs, firstByteMs } = attempt.phases
  return {
    nameMs: wholeMs(nameMs),
    connectMs: wholeMs(connectMs),
    firstByteMs: wholeMs(firstByteMs),
    totalMs: Math.round(attempt.totalMs()),
  }
}

function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}

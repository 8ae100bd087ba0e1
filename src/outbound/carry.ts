import type { Dispatcher } from 'undici'
import type { OutboundRequest } from '../world.ts'
import type { Audience } from './addresses.ts'
import type { Attempt } from './attempt.ts'
import { Connection } from './connection.ts'
import type { Connections } from './connections.ts'
import type { Exchanged, Reading } from './exchange.ts'
import type { Failed } from './failure.ts'
import { findAddresses, type Opening, open } from './opening.ts'
import { followsRedirect } from './redirect.ts'
import type { Target } from './request-target.ts'

/** What carrying requests needs of the sender. */
export interface Carriage {
  readonly opening: Opening
  readonly connections: Connections
  readonly userAgent: string
}

/** What came of one request to one target; undefined where the attempt ended first. */
export type Carried = Exchanged | { readonly kind: 'failed'; readonly failed: Failed } | undefined

/** A kept connection that fails later than this after the request was written is no race with the server's closing it. */
const deadAtOnceMs = 1000

/** Sends a request over a kept connection, or a new one where there is none or the kept one turns out to be dead. */
export async function carry(
  carriage: Carriage,
  request: OutboundRequest,
  target: Target,
  attempt: Attempt,
): Promise<Carried> {
  if (attempt.ended !== undefined) return undefined
  // By audience as well: a connection that TOPIC_ALLOW opened must not carry a request to somebody's callback.
  const audience: Audience = request.purpose === 'fetch' ? 'topic' : 'callback'
  const key = `${audience} ${target.origin}`
  const kept = carriage.connections.takeIdle(key)
  if (kept !== undefined) {
    const beganMs = performance.now()
    const exchanged = await exchangeOn(carriage, kept, request, target, attempt)
    if (!wasDead(exchanged, performance.now() - beganMs, attempt)) return exchanged
  }
  const connection = await obtain(carriage, key, target, audience, attempt)
  if (connection === undefined || connection.kind === 'failed') return connection
  return exchangeOn(carriage, connection.connection, request, target, attempt)
}

/** Tried again at once, one time (design "Retries"), and only where no byte of an answer came. */
function wasDead(exchanged: Exchanged, lastedMs: number, attempt: Attempt): boolean {
  if (attempt.ended !== undefined || lastedMs > deadAtOnceMs) return false
  return exchanged.kind === 'broken' && exchanged.came === 'nothing'
}

type Obtained =
  | { readonly kind: 'connected'; readonly connection: Connection }
  | { readonly kind: 'failed'; readonly failed: Failed }
  | undefined

async function obtain(
  { opening, connections }: Carriage,
  key: string,
  target: Target,
  audience: Audience,
  attempt: Attempt,
): Promise<Obtained> {
  const found = await findAddresses(opening, target, audience, attempt)
  if (found === undefined || found.kind === 'failed') return found
  const turn = await connections.takePlace(key, attempt)
  if (turn === undefined) return undefined
  if (turn.kind === 'kept') return { kind: 'connected', connection: turn.connection }
  const opened = await open(opening, target, found.addresses, attempt)
  if (opened === undefined || opened.kind === 'failed') return opened
  const connection = new Connection(key, target.origin, opened.socket, (closed) => connections.remove(closed))
  connections.add(connection)
  return { kind: 'connected', connection }
}

async function exchangeOn(
  carriage: Carriage,
  connection: Connection,
  request: OutboundRequest,
  target: Target,
  attempt: Attempt,
): Promise<Exchanged> {
  const sentMs = performance.now()
  const options = dispatchOptions(carriage, request, target)
  const { exchanged, firstByteAtMs, reusable } = await connection.exchange(options, readingOf(request), attempt)
  if (firstByteAtMs !== undefined) {
    attempt.phases.firstByteMs = (attempt.phases.firstByteMs ?? 0) + firstByteAtMs - sentMs
  }
  if (reusable) carriage.connections.handBack(connection)
  return exchanged
}

function readingOf(request: OutboundRequest): Reading {
  return {
    bytesMax: request.bodyBytesMax,
    overflow: request.overflow,
    statusSuffices: statusSuffices(request),
    ignoresBody: (status) => followsRedirect(request, status),
  }
}

/** Only a verification and a fetch read what was answered; of a delivery (§7) and a denial (§5.2) the status is all. */
export function statusSuffices({ purpose }: OutboundRequest): boolean {
  return purpose === 'deliver' || purpose === 'deny'
}

function dispatchOptions(
  { opening: { proxy }, userAgent }: Carriage,
  { method, headers, body }: OutboundRequest,
  target: Target,
): Dispatcher.DispatchOptions {
  const viaProxy = proxy !== undefined && !target.secure
  return {
    method,
    path: viaProxy ? target.origin + target.path : target.path,
    headers: wireHeaders(headers, userAgent, viaProxy ? proxy.authorization : undefined),
    body: body ?? null,
  }
}

function wireHeaders(
  given: OutboundRequest['headers'],
  userAgent: string,
  proxyAuthorization: string | undefined,
): string[] {
  const headers: string[] = []
  const names = new Set<string>()
  for (const [name, value] of Object.entries(given)) {
    headers.push(name, value)
    names.add(name.toLowerCase())
  }
  if (!names.has('user-agent')) headers.push('User-Agent', userAgent)
  // Said although it is the default: some firewalls turn away requests without it.
  if (!names.has('accept')) headers.push('Accept', '*/*')
  if (!names.has('accept-encoding')) headers.push('Accept-Encoding', 'identity')
  if (proxyAuthorization !== undefined) headers.push('Proxy-Authorization', proxyAuthorization)
  return headers
}

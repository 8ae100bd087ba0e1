import { isIP, type Socket } from 'node:net'
import type { AddressGate, Audience } from './addresses.ts'
import type { Attempt } from './attempt.ts'
import { dial, type Places, type Tls } from './dial.ts'
import { connectFailure, type Failed, tlsFailure } from './failure.ts'
import { isLocalhost, type Names, type Resolution } from './names.ts'
import { type EgressProxy, openTunnel } from './proxy.ts'
import type { Target } from './request-target.ts'

/** What opening a connection needs of the sender. */
export interface Opening {
  readonly gate: AddressGate
  readonly names: Names
  readonly tls: Tls
  readonly places: Places
  readonly proxy: EgressProxy | undefined
}

/** The addresses to dial; or why none may be; undefined where the attempt ended first. */
export type Addresses =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly failed: Failed }
  | undefined

/** The one look-up of a name, and the gate (SEC-01, SEC-02): what it lets through is dialled as it is, without another look-up. */
export async function findAddresses(
  { gate, names, proxy }: Opening,
  { host }: Target,
  audience: Audience,
  attempt: Attempt,
): Promise<Addresses> {
  const reason = isIP(host) === 0 ? undefined : gate(host, audience)
  if (reason !== undefined) return forbidden(`The hub does not call ${host}, which is ${reason}.`)
  if (proxy !== undefined && isLocalhost(host) && gate('127.0.0.1', audience) !== undefined) {
    return forbidden(`The hub does not call ${host}, which is the machine itself.`)
  }
  const dialled = proxy?.host ?? host
  if (isIP(dialled) !== 0) return { kind: 'addresses', addresses: [dialled] }
  const resolution = await resolve(names, dialled, attempt)
  if (resolution === undefined) return undefined
  if (resolution.kind === 'none') {
    return { kind: 'failed', failed: { failure: 'name', why: `The name ${dialled} ${resolution.why}.` } }
  }
  return proxy === undefined ? checked(gate, host, audience, resolution.addresses) : resolution
}

async function resolve(names: Names, name: string, attempt: Attempt): Promise<Resolution | undefined> {
  const beganMs = performance.now()
  const resolution = await attempt.unlessEnded(names.resolve(name))
  attempt.phases.nameMs = (attempt.phases.nameMs ?? 0) + performance.now() - beganMs
  return resolution
}

/** One forbidden address condemns the name: whoever mixes them is after the one that slips through. */
function checked(gate: AddressGate, host: string, audience: Audience, addresses: readonly string[]): Addresses {
  for (const address of addresses) {
    const reason = gate(address, audience)
    if (reason !== undefined) {
      return forbidden(`The hub does not call ${host}: it leads to ${address}, which is ${reason}.`)
    }
  }
  return { kind: 'addresses', addresses }
}

function forbidden(why: string): Addresses {
  return { kind: 'failed', failed: { failure: 'forbidden', why } }
}

/** An open socket, TLS included; or why there is none; undefined where the attempt ended first. */
export type Opened =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly failed: Failed }
  | undefined

/** Connects to a target by way of these addresses, which are its own or the proxy's. The caller has taken one place for it. */
export async function open(
  opening: Opening,
  target: Target,
  addresses: readonly string[],
  attempt: Attempt,
): Promise<Opened> {
  const beganMs = performance.now()
  const opened = await openSocket(opening, target, addresses, attempt)
  attempt.phases.connectMs = (attempt.phases.connectMs ?? 0) + performance.now() - beganMs
  return opened
}

async function openSocket(
  { places, tls, proxy }: Opening,
  target: Target,
  addresses: readonly string[],
  attempt: Attempt,
): Promise<Opened> {
  const where = placeOf(target)
  const dialled = await dial(addresses, proxy?.port ?? target.port, places, attempt)
  if (dialled === undefined) return undefined
  if (dialled.kind === 'failed') {
    return { kind: 'failed', failed: connectFailure(dialled.error, proxy === undefined ? where : 'The egress proxy') }
  }
  if (!target.secure) return dialled
  if (proxy !== undefined) {
    const tunnel = await openTunnel(dialled.socket, placeOf(target, true), proxy, attempt)
    if (tunnel === undefined) return undefined
    if (tunnel.kind === 'failed') return { kind: 'failed', failed: connectFailure(tunnel.error, where) }
  }
  const secured = await tls.secure(dialled.socket, target.host, target.port, attempt)
  if (secured?.kind === 'failed') return { kind: 'failed', failed: tlsFailure(secured.error, where) }
  return secured
}

/** `host`, and the port where it is not the scheme's own or has to be said. */
export function placeOf({ host, port, secure }: Target, portAlways = false): string {
  const name = host.includes(':') ? `[${host}]` : host
  return portAlways || port !== (secure ? 443 : 80) ? `${name}:${port}` : name
}

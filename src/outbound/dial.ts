import { connect, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type TLSSocket,
} from 'node:tls'
import type { Attempt } from './attempt.ts'
import { writeInSlices } from './slices.ts'

/** An open connection, or why there is none; undefined where the attempt ended first. */
export type Dialled<S extends Socket = Socket> =
  | { readonly kind: 'open'; readonly socket: S }
  | { readonly kind: 'failed'; readonly error: NodeJS.ErrnoException }
  | undefined

/** Places in the bound on open sockets, as far as dialling needs them. */
export interface Places {
  tryTake(): boolean
  free(): void
}

/** How long an address may keep silent before the next is tried beside it (RFC 8305 §5). */
const staggerMs = 250

/**
 * Opens a TCP connection to the first of these addresses that answers. They are dialled as they stand, so what was checked is
 * what is called. The caller has taken one place for it, which goes with the socket or is given back; a second address at the same time
 * takes a place of its own if one is free.
 */
export function dial(addresses: readonly string[], port: number, places: Places, attempt: Attempt): Promise<Dialled> {
  return new Promise((resolve) => {
    const racing = new Set<Socket>()
    let placesSpare = 1
    let nextAt = 0
    let stagger: NodeJS.Timeout | undefined

    function tryNext(): void {
      clearTimeout(stagger)
      const address = addresses[nextAt]
      if (address === undefined) return
      if (placesSpare > 0) placesSpare -= 1
      else if (!places.tryTake()) return
      nextAt += 1
      race(address)
      if (nextAt < addresses.length) stagger = setTimeout(tryNext, staggerMs)
    }

    function race(address: string): void {
      const socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
      racing.add(socket)
      socket.once('connect', () => settle({ kind: 'open', socket }))
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (!racing.delete(socket)) return
        placesSpare += 1
        tryNext()
        if (racing.size === 0) settle({ kind: 'failed', error })
      })
    }

    function settle(dialled: Dialled): void {
      clearTimeout(stagger)
      attempt.onEnd(undefined)
      for (; placesSpare > 0; placesSpare -= 1) places.free()
      for (const socket of racing) {
        socket.once('close', places.free)
        if (dialled?.kind !== 'open' || dialled.socket !== socket) socket.destroy()
      }
      racing.clear() // Later errors are the connection's own business; the listener stays, so none is unhandled.
      resolve(dialled)
    }

    attempt.onEnd(() => settle(undefined))
    if (attempt.ended === undefined) tryNext()
  })
}

/** How TLS is spoken: one context for all, as making one costs more than a handshake (design §2), and the sessions to resume. */
export interface Tls {
  secure(socket: Socket, host: string, port: number, attempt: Attempt): Promise<Dialled<TLSSocket>>
}

const sessionsMax = 20_000

/** @param extraCertificates PEM, trusted beside Node's own. */
export function createTls(extraCertificates: string | undefined): Tls {
  const secureContext = createSecureContext(
    extraCertificates === undefined ? {} : { ca: [...getCACertificates('default'), extraCertificates] },
  )
  const sessions = new Map<string, Buffer>()

  function keep(key: string, session: Buffer): void {
    sessions.delete(key)
    sessions.set(key, session)
    const [oldest] = sessions.keys()
    if (sessions.size > sessionsMax && oldest !== undefined) sessions.delete(oldest)
  }

  return {
    secure(socket, host, port, attempt) {
      const key = `${host}:${port}`
      const session = sessions.get(key)
      const options = { socket, ...namesOf(host), secureContext, ...(session === undefined ? {} : { session }) }
      return handshake(options, attempt, (renewed) => keep(key, renewed))
    },
  }
}

/** An address is no server name (RFC 6066 §3); the dot that ends an absolute name is no part of it either. */
function namesOf(host: string): Pick<ConnectionOptions, 'host' | 'servername'> {
  const name = host.replace(/\.$/, '')
  return { host: name, servername: /^[\d.]+$|:/.test(name) ? '' : name }
}

function handshake(
  options: ConnectionOptions,
  attempt: Attempt,
  onSession: (session: Buffer) => void,
): Promise<Dialled<TLSSocket>> {
  return new Promise((resolve) => {
    // Said aloud, or NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would decide (SEC-05).
    const secured = connectTls({ ...options, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true })
    writeInSlices(secured)

    function settle(dialled: Dialled<TLSSocket>): void {
      attempt.onEnd(undefined)
      if (dialled?.kind !== 'open') secured.destroy()
      resolve(dialled)
    }

    secured.on('session', onSession)
    secured.once('secureConnect', () => settle({ kind: 'open', socket: secured }))
    secured.on('error', (error) => settle({ kind: 'failed', error }))
    attempt.onEnd(() => settle(undefined))
  })
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Config } from '../config.ts'
import { plainText } from './answers.ts'
import type { App } from './app.ts'

/** A port that is listened on. */
export interface RunningServer {
  /** With the port that was really taken: `http://127.0.0.1:8080`. */
  readonly url: string
  /** Takes no more connections, lets running requests end, and cuts what takes longer than the grace. Twice is harmless. */
  close(): Promise<void>
}

/** What one client may cost before it said anything worth reading (SEC-10); tests shorten the times. */
export interface ServerLimits {
  readonly headersMs: number
  readonly requestMs: number
  /** Above the 60 s that load balancers keep idle connections: it is they who should close first. */
  readonly keepAliveMs: number
  readonly headerBytes: number
  readonly connections: number
  readonly closeGraceMs: number
}

const limitsDefault: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  headerBytes: 16 * 1024,
  connections: 4096,
  closeGraceMs: 10_000,
}

/**
 * Listens on HOST and PORT; resolves once connections are taken.
 *
 * @throws what listening threw: the port is taken, the address is not ours
 */
export async function startServer(
  app: App,
  { HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>,
  limits: Partial<ServerLimits> = {},
  upgrades: Upgrades = noUpgrades,
): Promise<RunningServer> {
  const within = { ...limitsDefault, ...limits }
  const open = new Set<Socket>()
  const running = new Map<Socket, Running>()
  const server = limitedServer(within, listenerOf(app, running), upgrades)
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    lingers(socket, () => running.get(socket)?.incoming.complete === false)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const answering = running.get(socket)?.outgoing.headersSent ?? false
    if (!socket.writable || error.code === 'ECONNRESET' || answering) socket.destroy()
    else socket.end(protocolAnswer(error.code ?? ''))
  })
  await listen(server, HOST, PORT)
  let closing: Promise<void> | null = null
  return {
    url: urlOf(server.address() as AddressInfo),
    close() {
      closing ??= closeServer(server, { open, running, graceMs: within.closeGraceMs })
      return closing
    },
  }
}

/** What becomes of a request to go on as another protocol (RFC 9110 §7.8). */
export interface Upgrades {
  /** False: it is answered as if it had not asked. */
  accepts(incoming: IncomingMessage): boolean
  /** From here on the connection is its own affair; it ends with the server. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void
}

const noUpgrades: Upgrades = { accepts: () => false, upgrade: (_, socket) => void socket.destroy() }

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

function limitedServer(limits: ServerLimits, listener: Listener, upgrades: Upgrades): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: Math.min(2000, limits.headersMs / 2), // Else a limit of 10 s would be one of 40 s.
      requireHostHeader: false, // Not that it may be missing: `unreadable` says so, where Node would say nothing.
      shouldUpgradeCallback: upgrades.accepts,
      insecureHTTPParser: false, // Refuses two lengths for one body (SEC-21), whatever the command line says.
    },
    listener,
  )
  // Whoever waits to be asked for its body is asked only once it is wanted (`body.ts`).
  server.on('checkContinue', listener)
  server.maxConnections = limits.connections
  server.on('upgrade', upgrades.upgrade)
  return server
}

/** A request that is served, and its answer. */
interface Running {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

const lingerMs = 2000
const lingerBytesMax = 64 * 1024 * 1024

/**
 * Where a request is answered before all of its body came, the connection is closed on our side alone, and what still comes
 * is read and thrown away for a while (RFC 9112 §9.6): closed at once it would be reset, and its client, which is still
 * sending, would never see why it was refused.
 */
function lingers(socket: Socket, isSending: () => boolean): void {
  const destroySoon = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    if (!isSending()) {
      destroySoon()
      return
    }
    socket.end()
    const bytesRead = socket.bytesRead
    const timer = setTimeout(() => socket.destroy(), lingerMs)
    socket.on('data', () => socket.bytesRead - bytesRead > lingerBytesMax && socket.destroy())
    socket.once('end', () => socket.destroy())
    socket.once('close', () => clearTimeout(timer))
  }
}

function listenerOf(app: App, running: Map<Socket, Running>): Listener {
  const serve = getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: unreadable })
  return (incoming, outgoing) => {
    const { socket } = incoming
    const before = running.get(socket)?.outgoing
    running.set(socket, { incoming, outgoing })
    if (incoming.httpVersion === '1.0') incoming.headers.host ??= hereOf(socket)
    outgoing.once('close', () => {
      if (running.get(socket)?.outgoing === outgoing) running.delete(socket) // Else another came behind it.
    })
    if (before === undefined) void serve(incoming, outgoing)
    // One after the other: what a publisher sends down one connection is published in that order (RFC 9112 §9.3.2).
    else before.once('close', () => socket.destroyed || void serve(incoming, outgoing))
  }
}

/** HTTP/1.0 knows no Host, and load balancers still ask by it whether a hub is ready: they mean whom they reached. */
function hereOf({ localAddress = 'localhost', localPort, remoteFamily }: Socket): string {
  return remoteFamily === 'IPv6' ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`
}

/** What is not even a request: its target or its Host is no URL. What the app itself throws, it answers itself. */
function unreadable(error: unknown): Response {
  if (!(error instanceof RequestError)) throw error
  return plainText('The request-target or the Host header is not valid.', 400, { 'X-Content-Type-Options': 'nosniff' })
}

/** Before there is a request there is no app to answer it. */
function protocolAnswer(code: string): string {
  const [status, sentence] = protocolErrors[code] ?? ['400 Bad Request', 'This is not valid HTTP/1.1.']
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: text/plain; charset=utf-8',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${sentence.length + 1}`,
    'Connection: close',
    '',
    `${sentence}\n`,
  ].join('\r\n')
}

const protocolErrors: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The header fields are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'The chunk extensions are too large.'],
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

interface Connections {
  readonly open: ReadonlySet<Socket>
  /** Those that a request is served on, and its answer. */
  readonly running: ReadonlyMap<Socket, Running>
  readonly graceMs: number
}

async function closeServer(server: Server, { open, running, graceMs }: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of open) {
    const outgoing = running.get(socket)?.outgoing
    // An answer yet to come says `Connection: close`, so that its client sends nothing more into a closing connection.
    if (outgoing !== undefined) outgoing.shouldKeepAlive = false
    else socket.destroy()
  }
  const grace = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(grace)
}

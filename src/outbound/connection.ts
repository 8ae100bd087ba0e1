import type { Socket } from 'node:net'
import { Client, type Dispatcher } from 'undici'
import type { Attempt } from './attempt.ts'
import { Exchange, type Exchanged, type Reading } from './exchange.ts'

/** How long a kept connection may be idle; a server's own `Keep-Alive: timeout=` shortens it. Four seconds cost sixteen times the handshakes (design §2). */
const idleMs = 60_000
/** A server that closes after n idle seconds is called up to n - 1, or request and close meet on the way. */
const idleHeedMs = 1000
/** Above what Node, nginx and Apache accept themselves. */
const headerBytesMax = 65_536

/** An exchange that is over, and whether its connection can carry the next. */
export interface Ended {
  readonly exchanged: Exchanged
  readonly firstByteAtMs: number | undefined
  readonly reusable: boolean
}

/** One open socket with undici's HTTP/1.1 on it, carrying one request at a time. */
export class Connection {
  /** Whom it leads to, and for which audience: what connections are kept by. */
  readonly key: string
  /** Requests it has answered. */
  served = 0
  readonly #socket: Socket
  readonly #client: Client
  #exchange: Exchange | undefined

  /** @param onClosed called once, when the socket is closed. */
  constructor(key: string, origin: string, socket: Socket, onClosed: (connection: Connection) => void) {
    this.key = key
    this.#socket = socket
    // Before undici's own listener, which may take a reset for the end of a body.
    socket.on('error', (error) => {
      if (this.#exchange !== undefined) this.#exchange.socketError = error
    })
    socket.once('close', () => onClosed(this))
    passOverContinue(socket, () => this.#exchange !== undefined && this.#exchange.firstByteAtMs === undefined)
    this.#client = createClient(origin, socket)
  }

  /** Whether it can carry another request. */
  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.readable && this.#socket.writable
  }

  /** Sends one request. What happens is returned; only a request that could never be sent is thrown. */
  exchange(options: Dispatcher.DispatchOptions, reading: Reading, attempt: Attempt): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(reading, (exchanged, reusable) => {
        this.#exchange = undefined
        attempt.onEnd(undefined)
        if (exchanged.kind === 'answered') this.served += 1
        if (!reusable) this.close()
        if (isOurMistake(exchanged))
          reject(new Error('The request cannot be sent as it is', { cause: exchanged.error }))
        // undici decides in this very call stack whether it keeps the socket; a microtask later it has.
        queueMicrotask(() =>
          resolve({ exchanged, firstByteAtMs: exchange.firstByteAtMs, reusable: reusable && this.open }),
        )
      })
      this.#exchange = exchange
      attempt.onEnd(() => exchange.break(new AttemptOver()))
      if (attempt.ended === undefined) this.#client.dispatch(options, exchange)
    })
  }

  close(): void {
    this.#client.destroy(() => undefined)
    this.#socket.destroy()
  }
}

function createClient(origin: string, socket: Socket): Client {
  let given = false
  return new Client(origin, {
    // The socket is there already. When it is gone, so is the connection: undici must never dial by itself, which would resolve
    // the name again. (An error with a code of undici's own would make it ask for ever.)
    connect: (_options, callback) => {
      const usable = !given && !socket.destroyed
      given = true
      queueMicrotask(() => (usable ? callback(null, socket) : callback(new ConnectionOver(), null)))
    },
    pipelining: 1,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    keepAliveTimeoutThreshold: idleHeedMs,
    maxHeaderSize: headerBytesMax,
    // The attempt's own deadline covers these.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** The kept connection closed before the request was written to it. */
class ConnectionOver extends Error {
  override readonly name = 'ConnectionOver'
}

/** The deadline or the stop signal ended the exchange. */
class AttemptOver extends Error {
  override readonly name = 'AttemptOver'
}

/** undici's codes for requests that it will not write: a header with a line break, a target with a space. */
function isOurMistake(exchanged: Exchanged): exchanged is Extract<Exchanged, { kind: 'broken' }> {
  if (exchanged.kind !== 'broken') return false
  const { code } = exchanged.error
  return code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED'
}

const interim = Buffer.from('HTTP/1.1 100 ')
const headEnd = Buffer.from('\r\n\r\n')

/**
 * Lets undici not see a `100 Continue` that nobody asked for: it would end the connection, though RFC 9110 §15.2 has a client
 * pass over it, and some servers send one before every answer to a POST.
 */
function passOverContinue(socket: Socket, awaitsAnswer: () => boolean): void {
  const read = socket.read.bind(socket)
  socket.read = (size?: number): Buffer | null => {
    let chunk: Buffer | null = read(size)
    if (!awaitsAnswer()) return chunk
    while (chunk !== null && chunk.length > interim.length && chunk.subarray(0, interim.length).equals(interim)) {
      const end = chunk.indexOf(headEnd)
      if (end === -1) return chunk
      const rest = chunk.subarray(end + headEnd.length)
      chunk = rest.length > 0 ? rest : read(size)
    }
    return chunk
  }
}

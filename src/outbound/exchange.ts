import type { Dispatcher } from 'undici'
import { createGathering, type Gathering } from '../gathering.ts'

/** How an answer's body is read. */
export interface Reading {
  /** Kept of the body, as it comes over the wire. */
  readonly bytesMax: number
  /** Whether a longer body is a failure, or cut off. */
  readonly overflow: 'cut' | 'fail'
  /** Whether the status alone is the answer, so that nothing the body does can spoil it (§7, RETRY-15). */
  readonly statusSuffices: boolean
  /** Whether this status' body is of no interest: a redirect that will be followed. */
  readonly ignoresBody: (status: number) => boolean
}

/** What came of one request on one connection. */
export type Exchanged =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: ReadonlyMap<string, readonly string[]>
      readonly body: Buffer
      /** Whether the body goes on after what was kept, or broke off. */
      readonly cut: boolean
    }
  | { readonly kind: 'too-large' }
  | {
      readonly kind: 'broken'
      readonly error: NodeJS.ErrnoException
      /** How far the answer came. */
      readonly came: 'nothing' | 'beginning' | 'headers'
    }

/** How much of a cut body is still read, so that a connection can be kept after an answer that is a little too long. */
const drainedBytesMax = 65_536

/**
 * Listens to one request on one connection. It speaks undici's older handler interface, which hands over the header bytes as they
 * came; a handler of the newer one is wrapped, and its headers are parsed into an object first.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** When the first byte of an answer came, on the monotonic clock. */
  firstByteAtMs: number | undefined
  /** What the socket has reported: undici takes a reset for the end of a body that has no length. */
  socketError: Error | undefined
  readonly #reading: Reading
  /** Called once; `reusable` says whether undici has nothing more to read from the connection for this request. */
  readonly #done: (exchanged: Exchanged, reusable: boolean) => void
  #settled = false
  #status = 0
  #headers: readonly Buffer[] = []
  #kept: Gathering | null = null
  #readBytes = 0

  constructor(reading: Reading, done: (exchanged: Exchanged, reusable: boolean) => void) {
    this.#reading = reading
    this.#done = done
  }

  onConnect(): void {
    // undici demands the method; ending a request means destroying its connection, which serves no other.
  }

  onResponseStarted(): void {
    this.firstByteAtMs ??= performance.now()
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true // Early hints and the like: the answer is still to come (RFC 9110 §15.2).
    this.#status = status
    this.#headers = headers
    // undici would wait for the body that their Content-Length speaks of; RFC 9110 §6.4.1 says there is none.
    if (status === 204 || status === 304) this.#answer(!(contentLengthOf(headers) > 0))
    // A redirect's body is waited for only where that is quick and keeps the connection.
    else if (this.#reading.ignoresBody(status) && !(contentLengthOf(headers) <= drainedBytesMax)) this.#answer(false)
    else if (this.#willBeTooLarge()) this.#settle({ kind: 'too-large' }, false)
    return true
  }

  onData(chunk: Buffer): boolean {
    if (this.#settled) return true
    this.#readBytes += chunk.length
    const { bytesMax, overflow } = this.#reading
    this.#kept ??= createGathering(bytesMax)
    this.#kept.add(chunk.subarray(0, bytesMax - this.#kept.bytes))
    if (this.#readBytes <= bytesMax) return true
    if (overflow === 'fail' && !this.#reading.ignoresBody(this.#status)) this.#settle({ kind: 'too-large' }, false)
    else if (this.#readBytes > Math.max(bytesMax, drainedBytesMax)) this.#answer(false)
    return true
  }

  onComplete(): void {
    if (this.socketError === undefined) this.#answer(true)
    else this.break(this.socketError)
  }

  onError(error: Error): void {
    this.break(error)
  }

  /** The connection is over, or nobody waits any longer. */
  break(error: Error): void {
    if (this.#status !== 0 && this.#reading.statusSuffices) this.#answer(false, true)
    else this.#settle({ kind: 'broken', error, came: this.#came() }, false)
  }

  #came(): 'nothing' | 'beginning' | 'headers' {
    if (this.#status !== 0) return 'headers'
    return this.firstByteAtMs === undefined ? 'nothing' : 'beginning'
  }

  #willBeTooLarge(): boolean {
    if (this.#reading.overflow === 'cut' || this.#reading.ignoresBody(this.#status)) return false
    return contentLengthOf(this.#headers) > this.#reading.bytesMax
  }

  #answer(complete: boolean, broken = false): void {
    const body = this.#kept?.whole() ?? Buffer.alloc(0)
    const cut = broken || this.#readBytes > body.length
    this.#settle({ kind: 'answered', status: this.#status, headers: readHeaders(this.#headers), body, cut }, complete)
  }

  #settle(exchanged: Exchanged, reusable: boolean): void {
    if (this.#settled) return
    this.#settled = true
    this.#done(exchanged, reusable)
  }
}

/** NaN where there is none. */
function contentLengthOf(headers: readonly Buffer[]): number {
  return Number(readHeaders(headers).get('content-length')?.[0])
}

/** Names in lower case; values as Latin-1, one character a byte, so that what is passed on is what came. */
function readHeaders(raw: readonly Buffer[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]?.toString('latin1').toLowerCase() ?? ''
    const value = raw[at + 1]?.toString('latin1') ?? ''
    const values = headers.get(name)
    if (values === undefined) headers.set(name, [value])
    else values.push(value)
  }
  return headers
}

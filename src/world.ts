/** Everything the hub cannot decide for itself. `main.ts` makes the real one; tests make theirs. */
export interface World {
  /** The database's time (design: every instant stored or compared is Postgres' own), to the millisecond. */
  now(): Date
  /** Milliseconds of a clock that never jumps; for deadlines and durations, never stored. */
  monotonicMs(): number
  /** Unguessable, from a CSPRNG, 43 characters of `[A-Za-z0-9_-]`: the hub.challenge of §5.3. */
  challenge(): string
  /** A number in [0, 1), for spreading and jitter. */
  random(): number
  /** One HTTP exchange with a stranger's server. Never throws for anything that server or the network does. */
  send(request: OutboundRequest, stop?: AbortSignal): Promise<Answer | NoAnswer>
}

/** Whom a request is for: it chooses the allow-list (callbacks or topics) and the `why` of a refusal. */
export type Purpose = 'verify' | 'deny' | 'deliver' | 'fetch'

export interface OutboundRequest {
  readonly purpose: Purpose
  readonly method: 'GET' | 'POST'
  /** As the subscriber or publisher gave it: its path and query go on the wire byte for byte (§8.3). */
  readonly url: string
  /** Appended to the request-target after the URL's own query, already percent-encoded: `hub.mode=…` (§5.1.1). */
  readonly addedQuery?: string
  /** Names as they shall appear on the wire: `X-Hub-Signature`, `Content-Type`. `Host`, `User-Agent` and `Content-Length` are added. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** One wall-clock deadline for everything, from the name's resolution to the answer's last byte. */
  readonly timeoutMs: number
  /** How much of the answer's (decoded) body is kept. */
  readonly bodyBytesMax: number
  /** What a longer body means: `cut` keeps the beginning and calls it an answer, `fail` is a NoAnswer `too-large`. */
  readonly overflow: 'cut' | 'fail'
  /** 0 for callbacks (§5.3.1, §7: never followed); every hop of a fetch passes the gate again. */
  readonly redirectsMax: number
}

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  /** Lower-case names; a field that came several times has several values, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** Decoded of its Content-Encoding; at most `bodyBytesMax` bytes. */
  readonly body: Buffer
  /** The URL that answered, after redirects. */
  readonly url: string
  readonly timing: Timing
}

export interface NoAnswer {
  readonly kind: 'no-answer'
  readonly failure: Failure
  /** A sentence for whoever must fix it; holds no secret, no query and no body. */
  readonly why: string
  readonly timing: Timing
}

/** Why there was no usable answer. */
export type Failure =
  | 'forbidden' // the address may not be dialled (design §5)
  | 'name' // the name does not resolve
  | 'connect' // nobody listens, or no route
  | 'tls' // certificate or handshake
  | 'timeout' // the deadline passed
  | 'reset' // the connection ended before the answer was complete
  | 'protocol' // what came back is not HTTP, or its length or encoding is wrong
  | 'too-large' // more than bodyBytesMax, where that is a failure
  | 'redirects' // too many, a loop, or one without a usable Location
  | 'stopped' // our own stop signal; nothing may be concluded about the other side

/** Milliseconds; a phase that did not happen (a kept connection has no `connectMs`) is null. */
export interface Timing {
  readonly nameMs: number | null
  readonly connectMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number
}

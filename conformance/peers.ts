import type { Answer } from './server.ts'
import type { Exchange, Header } from './wire.ts'

/** A request that the hub made, to a topic or a callback. */
export interface Arrival {
  readonly method: string
  /** The raw request-target. */
  readonly target: string
  /** The target after its first `?`, as it came; empty where there is none. */
  readonly query: string
  readonly headers: readonly Header[]
  readonly body: Buffer
  readonly text: string
  /** Milliseconds since the claim began until its head had come. */
  readonly atMs: number
  /** Milliseconds since the claim began until it was answered or its connection ended; undefined while it is open. */
  endedAtMs: number | undefined
  /** Whether the hub was sent the whole answer. */
  answeredWhole: boolean
  readonly exchange: Exchange
}

/** What to answer: always the same, or by the request and how many of its kind came before it. */
export type Answerer = Answer | ((arrival: Arrival, before: number) => Answer | Promise<Answer>)

export type Kind = 'fetch' | 'verification' | 'denial' | 'delivery' | 'other'

/** A resource of the suite's that publishes. */
export interface Topic {
  readonly url: string
  /** What it serves now, unless `serves` was told otherwise. */
  content: string | Uint8Array
  /** The header lines it serves; `Link` names the hub and the topic itself. */
  headers: readonly Header[]
  /** Everything that came, in order. */
  readonly requests: readonly Arrival[]
  readonly fetches: readonly Arrival[]
  /** Answers in place of content and headers. */
  serves(answerer: Answerer): void
  /** The next fetch that was not yet asked for, as soon as it came; fails the claim where none does. */
  fetch(): Promise<Arrival>
}

/** A subscriber's callback: it echoes challenges and accepts deliveries unless told otherwise. */
export interface Callback {
  readonly url: string
  /** Everything that came, in order. */
  readonly requests: readonly Arrival[]
  readonly verifications: readonly Arrival[]
  readonly denials: readonly Arrival[]
  readonly deliveries: readonly Arrival[]
  onVerification(answerer: Answerer): void
  onDenial(answerer: Answerer): void
  onDelivery(answerer: Answerer): void
  /** The next one that was not yet asked for, as soon as it came; fails the claim where none comes in time. */
  verification(mode?: 'subscribe' | 'unsubscribe'): Promise<Arrival>
  denial(): Promise<Arrival>
  delivery(withinMs?: number): Promise<Arrival>
}

/** The confirmation every hub understands: whether others do as well is asked by claims of their own (§5.3.1). */
export function echo(arrival: Arrival): Answer {
  return { headers: [['Content-Type', 'text/plain; charset=utf-8']], body: challengeOf(arrival) }
}

/** The hub's challenge: the last one, for the callback's own query comes first (§5.1.1). Empty where there is none. */
export function challengeOf(arrival: Arrival): string {
  return parameter(arrival, 'hub.challenge') ?? ''
}

/** The last value of a query parameter, decoded; undefined where it did not come. */
export function parameter(arrival: Arrival, name: string): string | undefined {
  return parameters(arrival, name).at(-1)
}

/** All values of a query parameter, decoded. */
export function parameters({ query }: Arrival, name: string): readonly string[] {
  return new URLSearchParams(query).getAll(name)
}

/** A callback tells what came by its method and by the hub's `hub.mode`, which stands last. */
export function kindAtCallback({ method, query }: { readonly method: string; readonly query: string }): Kind {
  if (method === 'POST') return 'delivery'
  if (method !== 'GET') return 'other'
  return new URLSearchParams(query).getAll('hub.mode').at(-1) === 'denied' ? 'denial' : 'verification'
}

export function kindAtTopic({ method }: { readonly method: string }): Kind {
  return method === 'GET' ? 'fetch' : 'other'
}

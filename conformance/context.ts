import type { Answered, FormFields, SendOptions } from './asking.ts'
import type { Arrival, Callback, Topic } from './peers.ts'
import type { Knobs, Timing } from './settings.ts'
import type { Header } from './wire.ts'

/** What a claim works with. Everything of it is its own; nothing it does is seen by another claim. */
export interface Context {
  /** The hub URL, as it was told. */
  readonly hub: string
  readonly timing: Timing
  readonly knobs: Knobs

  /** A fresh topic that serves HTML and names the hub. */
  topic(options?: TopicOptions): Topic
  /** A fresh callback. */
  callback(options?: CallbackOptions): Callback
  /** Another origin of the suite's, for what must not share one. */
  elsewhere(): Promise<Place>

  /** The same claim toward another hub: the one that a knob names. */
  toward(hub: string): Context

  /** Sends any request to the hub. */
  send(request: SendOptions): Promise<Answered>
  /** Posts a form to the hub; a list of pairs may repeat a name. */
  post(fields: FormFields, headers?: readonly Header[]): Promise<Answered>
  subscribe(topic: Topic | string, callback: Callback | string, more?: FormFields): Promise<Answered>
  unsubscribe(topic: Topic | string, callback: Callback | string, more?: FormFields): Promise<Answered>
  /** `hub.mode=publish`, and each topic by the name that the hub takes. */
  ping(...topics: readonly (Topic | string)[]): Promise<Answered>
  /** By which name the hub takes the topics of a ping. */
  pingName(): Promise<PingName>
  /** Writes those bytes to a connection to the hub, and returns what came back until it closed, or was silent for the quiet time. */
  sendRaw(bytes: string, silenceMs?: number): Promise<string>

  /**
   * Subscribes, and returns once the hub has been told yes: any 2xx, then a verification that was echoed. Whatever the hub
   * answers or asks beyond that is other claims' business.
   */
  subscribed(options?: SubscribedOptions): Promise<Subscribed>
  /** Ends a subscription, and returns once the hub has been told yes. */
  unsubscribed(subscription: Pick<Subscribed, 'topic' | 'callback'>): Promise<Arrival>
  /** Changes what the topic serves, pings, and takes any 2xx. Returns the new content. */
  publish(topic: Topic, content?: string | Uint8Array): Promise<Buffer>

  /** As soon as it holds; fails the claim if it does not in that time. */
  until(holds: () => boolean, expectation: Expectation & { readonly withinMs: number }): Promise<void>
  /** True as soon as it holds, false if it does not in that time: for what a hub may leave out. */
  happens(holds: () => boolean, withinMs: number): Promise<boolean>
  /** Watches for a quiet window; fails the claim as soon as it no longer holds. */
  stays(holds: () => boolean, expectation: Expectation & { readonly forMs?: number }): Promise<void>
  /** Lets time pass: only where time itself is what the claim is about. */
  pass(ms: number): Promise<void>
  /** Once the hub has read the answer to its request, and had time to act on it. */
  noted(arrival: Arrival): Promise<void>
  /** Lets the hub act on what it was last told; `ms` where that takes its own time. */
  settle(ms?: number): Promise<void>
  /** Milliseconds since the claim began. */
  now(): number
}

/** The parameter of a ping that names the topic. */
export type PingName = 'hub.url' | 'hub.topic'

/** What a hub that keeps the rule shows; and what this one showed, which is told from the wire where it is left out. */
export interface Expectation {
  readonly expected: string
  readonly found?: () => string
}

/** An origin of the suite's own. */
export interface Place {
  readonly url: string
}

export interface PeerOptions {
  /** What stands behind the path the suite chose: `/a%2Fb?x=1`. */
  readonly suffix?: string
  /** Where it is, if not with the claim's other ones. */
  readonly at?: Place
}

export interface TopicOptions extends PeerOptions {
  readonly content?: string | Uint8Array
  /** `text/html; charset=UTF-8` unless told; null sends none. */
  readonly type?: string | null
  /** Header lines in place of the `Link` that names the hub and the topic. */
  readonly links?: readonly Header[]
}

export interface CallbackOptions extends PeerOptions {}

export interface SubscribedOptions {
  readonly topic?: Topic
  readonly callback?: Callback
  /** Further fields of the request. */
  readonly fields?: FormFields
}

export interface Subscribed {
  readonly topic: Topic
  readonly callback: Callback
  /** The hub's answer to the request. */
  readonly answer: Answered
  readonly verification: Arrival
}

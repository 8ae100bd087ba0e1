import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import type { Events } from '../events.ts'
import type { HandedOver, Taken } from '../publishing/handed-over.ts'
import type { Streams } from '../streams/streams.ts'
import type { SubscriptionRequest } from '../subscribing/request.ts'
import type { Waited } from '../subscribing/waiting.ts'
import type { Superfeedr } from '../superfeedr/superfeedr.ts'

/** What the doors of the hub lead to; `hub.ts` puts it together. */
export interface InboundParts {
  readonly config: Config
  readonly events: Events
  /** For the rates, publisher keys, and the administrator's token. */
  readonly db: Db
  /** The database's time. */
  readonly now: () => Date
  /** Resolves once the request is committed: then it may be answered, or wait for its outcome where there is one to wait for. */
  readonly requestSubscription: (request: SubscriptionRequest) => Promise<Waited | null>
  /** Resolves once it is committed that these topics are said to have changed. */
  readonly noteChange: (topics: readonly string[]) => Promise<void>
  readonly streams: Streams
  readonly superfeedr: Superfeedr
  /** A number in [0, 1). */
  readonly random: () => number
  /** Resolves once content that was handed over is published. */
  readonly takeHandedOver: (content: HandedOver) => Promise<Taken>
  /** What keeps this hub from doing its work, a sentence each; none: it is ready. */
  readonly problems: () => Promise<readonly string[]>
  /** Everything measured, for Prometheus. */
  readonly metrics: () => Promise<Exposition>
}

/** A Prometheus scrape. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

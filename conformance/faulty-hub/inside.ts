import type { Agent } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Header } from '../wire.ts'
import type { Reply } from './call.ts'
import type { Has } from './faults.ts'
import type { HubSettings } from './settings.ts'
import type { Work } from './work.ts'

/** All a hub remembers. */
export interface Inside {
  readonly has: Has
  readonly settings: HubSettings
  readonly clock: Clock
  readonly agent: Agent
  readonly work: Work
  /** By topic and callback. */
  readonly subscriptions: Map<string, Subscription>
  /** By topic and callback, the number of the newest request that was applied. */
  readonly appliedNumbers: Map<string, number>
  /** The pairs that a 410 has ended. */
  readonly gone: Set<string>
  /** By callback, the topic that was last delivered to it, and when: for the fault that minds. */
  readonly lastAt: Map<string, { readonly topic: string; readonly atMs: number }>
  /** By the topic's key. */
  readonly topics: Map<string, TopicState>
  /** By where a callback is, the last fetch that was begun for it. */
  readonly turns: Map<string, Promise<void>>
  /** By the topic's key, when a further ping would be one too many. */
  readonly pingsSpent: Map<string, number>
  /** When the last denial that waits has had its turn. */
  denialTurn: Promise<void>
  /** How often it was ended and started again. */
  restarts: number
  /** By callback, how often it was asked: for the fault that has one row of challenges for all. */
  readonly timesAsked: Map<string, number>
  /** By the topic, the Idempotency-Keys it was handed content with. */
  readonly keysUsed: Set<string>
}

/** Verified, its lease running. */
export interface Subscription {
  readonly topic: string
  readonly callback: string
  readonly secret: string | undefined
  readonly leaseEndsAtMs: number
}

/** One version of a topic. */
export interface Content {
  readonly body: Buffer
  readonly type: string | undefined
  /** The URL it was subscribed to by. */
  readonly topic: string
  /** The URL that served it, after redirects. */
  readonly url: string
  readonly self: string
  /** All that it named, for the fault that hands them on. */
  readonly selves: readonly string[]
  readonly hubs: readonly string[]
  /** What else the topic said, for the fault that hands it on. */
  readonly headers: Reply['headers']
  /** It came from the publisher's own hand. */
  readonly handedOver?: true
  /** Tried before, and to be sent without links for that: for the fault that does so. */
  readonly unlinked?: true
  /** What it was cut out of. */
  readonly whole?: Buffer
}

/** What is known of a topic that was pinged. */
export interface TopicState {
  readonly url: string
  fetching: boolean
  /** How often its content was handed over: what a fetch brings that began before is outdated. */
  handovers: number
  /** Who asked since the fetch began. */
  readonly waiting: Asker[]
  content: Content | undefined
  /** Whether the last fetch brought no content, nor that it is what it was. */
  broken: boolean
  validators: readonly Header[]
  cookie: string | undefined
  /** The last delivery, for the fault that has each wait for the one before. */
  turn: Promise<Reply | null>
  /** By subscription. */
  readonly delivering: Map<string, Delivering>
}

/** Who asked for a fetch: a publisher; another topic that goes by the same name; the hub, which looks a second time. */
export type Asker = 'publisher' | 'alias' | 'hub'

/** What one subscription is owed and has. */
export interface Delivering {
  /** The newest content, until it is delivered or given up. */
  owed: Content | undefined
  delivered: Content | undefined
  /** What was last tried, and what was never tried since newer content came: for the faults that mind either. */
  tried: Content | undefined
  readonly passedBy: Content[]
  /** Everything that failed at least once. */
  readonly failed: Set<Content>
  /** Where a redirect led, and what it answered: for the fault that believes it. */
  movedTo: { readonly callback: string; readonly after: Content } | undefined
  /** Ends the rest between two attempts, since newer content has come. */
  wake: AbortController
}

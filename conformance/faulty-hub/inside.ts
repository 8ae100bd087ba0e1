import type { Agent } from 'node:http'
import type { Has } from './faults.ts'
import type { HubSettings } from './settings.ts'
import type { Subscription } from './subscriptions.ts'
import type { TopicState } from './topics.ts'
import type { Work } from './work.ts'

/** All a hub remembers. */
export interface Inside {
  readonly has: Has
  readonly settings: HubSettings
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
  /** By the topic, the Idempotency-Keys it was handed content with. */
  readonly keysUsed: Set<string>
}

import type { Agent } from 'node:http'
import type { Has } from './faults.ts'
import type { HubSettings } from './settings.ts'
import type { Subscription } from './subscriptions.ts'
import type { TopicState } from './topics.ts'

/** All a hub remembers. */
export interface Inside {
  readonly has: Has
  readonly settings: HubSettings
  readonly agent: Agent
  /** By topic and callback. */
  readonly subscriptions: Map<string, Subscription>
  /** By topic and callback, the number of the newest request that was applied. */
  readonly appliedNumbers: Map<string, number>
  /** By the topic's key. */
  readonly topics: Map<string, TopicState>
}

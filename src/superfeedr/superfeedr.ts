import type { Form } from '../form.ts'
import type { SubscriptionRequest } from '../subscribing/request.ts'
import { createFirstContent, type FirstContent } from './first-content.ts'
import { type ListedSubscription, listSubscriptions } from './list.ts'
import type { SuperfeedrParts } from './parts.ts'
import { replay } from './replay.ts'
import type { ListRequest, ReplayRequest, RetrieveRequest, SubscribeExtras, UnsubscribeRequest } from './request.ts'
import { type Retrieved, refuseUnsubscribed, retrieve } from './retrieve.ts'
import { refuseUnserved, subscribePull, subscribeTrusted, unsubscribeOwn } from './subscribe.ts'

/** What somebody with a subscriber's key may ask for beyond WebSub. Everything belongs to the key's login, its owner. */
export interface Superfeedr {
  readonly firstContent: FirstContent
  refuseUnserved(topic: string): Promise<void>
  subscribe(request: SubscriptionRequest): Promise<void>
  pull(asked: PullAsked): Promise<void>
  unsubscribe(owner: string, request: UnsubscribeRequest): Promise<void>
  list(owner: string, request: ListRequest): Promise<readonly ListedSubscription[]>
  refuseUnsubscribed(owner: string, request: Pick<RetrieveRequest, 'topic' | 'callback'>): Promise<void>
  retrieve(owner: string, request: RetrieveRequest): Promise<Retrieved>
  replay(owner: string, request: ReplayRequest): Promise<void>
}

export interface PullAsked {
  readonly owner: string
  readonly topic: string
  readonly form: Form
  readonly format: SubscribeExtras['format']
}

export function createSuperfeedr(parts: SuperfeedrParts): Superfeedr {
  return {
    firstContent: createFirstContent(parts),
    refuseUnserved: (topic) => refuseUnserved(parts, topic),
    subscribe: (request) => subscribeTrusted(parts, request),
    pull: (asked) => subscribePull(parts, asked),
    unsubscribe: (owner, request) => unsubscribeOwn(parts, owner, request),
    list: (owner, request) => listSubscriptions(parts, owner, request),
    refuseUnsubscribed: (owner, request) => refuseUnsubscribed(parts, owner, request),
    retrieve: (owner, request) => retrieve(parts, owner, request),
    replay: (owner, request) => replay(parts, owner, request),
  }
}

import type { Form } from '../form.ts'
import { RequestRefused } from '../refusal.ts'
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
  refuseUnserved(owner: string, topic: string): Promise<void>
  subscribe(request: SubscriptionRequest, options: { readonly received: number | null }): Promise<void>
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

/** Each may read many megabytes, one piece after another. */
const retrievesMax = 8

export function createSuperfeedr(parts: SuperfeedrParts): Superfeedr {
  let retrieves = 0

  async function retrieveInTurn(owner: string, request: RetrieveRequest): Promise<Retrieved> {
    if (retrieves >= retrievesMax) throw crowded()
    retrieves += 1
    return retrieve(parts, owner, request).finally(() => {
      retrieves -= 1
    })
  }

  return {
    firstContent: createFirstContent(parts),
    refuseUnserved: (owner, topic) => refuseUnserved(parts, owner, topic),
    subscribe: (request, options) => subscribeTrusted(parts, request, options),
    pull: (asked) => subscribePull(parts, asked),
    unsubscribe: (owner, request) => unsubscribeOwn(parts, owner, request),
    list: (owner, request) => listSubscriptions(parts, owner, request),
    refuseUnsubscribed: (owner, request) => refuseUnsubscribed(parts, owner, request),
    retrieve: retrieveInTurn,
    replay: (owner, request) => replay(parts, owner, request),
  }
}

function crowded(): RequestRefused {
  return new RequestRefused('Too many clients retrieve at this moment: try again soon.', {
    status: 503,
    retryAfterSeconds: 1,
  })
}

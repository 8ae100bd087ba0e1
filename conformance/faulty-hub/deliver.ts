import { setTimeout as pause } from 'node:timers/promises'
import { call, callFollowing } from './call.ts'
import type { Inside } from './inside.ts'
import { notification } from './notification.ts'
import type { Subscription } from './subscriptions.ts'
import type { Content, TopicState } from './topics.ts'
import { keyOf } from './url.ts'

/** What one subscription is owed and has. */
export interface Delivering {
  /** The newest content, until it is delivered or given up. */
  owed: Content | undefined
  delivered: Content | undefined
  /** Ends the rest between two attempts, since newer content has come. */
  wake: AbortController
}

/** Owes the content to every subscription of the topic that has not had it; each gets it in its own time, never two at once. */
export function deliver(inside: Inside, topic: TopicState, content: Content): void {
  if (inside.has('delivers-no-pictures') && content.type?.startsWith('image/')) return
  let served = 0
  for (const [pair, subscription] of inside.subscriptions) {
    if (keyOf(subscription.topic, inside.has) !== keyOf(topic.url, inside.has)) continue
    if (++served > 2 && inside.has('serves-two-subscribers-a-topic')) return
    const state = topic.delivering.get(pair) ?? { owed: undefined, delivered: undefined, wake: new AbortController() }
    topic.delivering.set(pair, state)
    if (isSame(state.delivered, content) && !inside.has('delivers-unchanged-content')) continue
    const idle = state.owed === undefined
    state.owed = content
    state.wake.abort()
    if (idle) void work(inside, pair, state)
  }
}

async function work(inside: Inside, pair: string, state: Delivering): Promise<void> {
  const { settings, has } = inside
  for (let attempt = 0; state.owed !== undefined; attempt++) {
    const content = state.owed
    const subscription = inside.subscriptions.get(pair)
    if (subscription === undefined || hasEnded(subscription, inside)) break
    state.wake = new AbortController()
    const status = await attemptOnce(inside, subscription, content)
    if (isSuccess(status, inside)) {
      state.delivered = content
      if (state.owed === content) state.owed = undefined
      attempt = -1
      continue
    }
    if (status === 410 || (status === 404 && has('ends-subscription-on-404'))) inside.subscriptions.delete(pair)
    if (state.owed !== content) attempt = -1
    else if (attempt >= settings.retryMs.length || has('never-retries')) {
      if (has('deletes-after-failures')) inside.subscriptions.delete(pair)
      state.owed = undefined
    } else await pause(settings.retryMs[attempt], undefined, { signal: state.wake.signal }).catch(() => {})
  }
  state.owed = undefined
}

function hasEnded({ leaseEndsAtMs }: Subscription, { has }: Inside): boolean {
  return performance.now() >= leaseEndsAtMs && !has('delivers-after-lease')
}

/** The status; 0 where there was no answer. */
async function attemptOnce(inside: Inside, subscription: Subscription, content: Content): Promise<number> {
  const request = notification(inside, subscription, content)
  if (inside.has('delivers-twice')) await call(request)
  const reply = inside.has('follows-redirects-on-delivery') ? await callFollowing(request, 5) : await call(request)
  return reply?.status ?? 0
}

/** Any 2xx (§7). */
function isSuccess(status: number, { has }: Inside): boolean {
  if (has('treats-302-as-delivered') && status === 302) return true
  if (has('delivery-only-200')) return status === 200
  return status >= 200 && status < 300
}

function isSame(one: Content | undefined, other: Content): boolean {
  return one === undefined ? false : one.body.equals(other.body) && one.type === other.type
}

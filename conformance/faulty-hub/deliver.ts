import { rest } from '../clock.ts'
import { headerValue } from '../wire.ts'
import { call, callFollowing, type Reply } from './call.ts'
import type { Content, Delivering, Inside, Subscription, TopicState } from './inside.ts'
import { notification } from './notification.ts'
import { reduce } from './reduce.ts'
import { keyOf } from './url.ts'

/** Owes the content to every subscription of the topic that has not had it; each gets it in its own time, never two at once. */
export function deliver(inside: Inside, topic: TopicState, content: Content): void {
  const { has } = inside
  if (has('delivers-no-pictures') && content.type?.startsWith('image/')) return
  const key = keyOf(topic.url, has)
  let served = 0
  for (const [pair, subscription] of inside.subscriptions) {
    if (keyOf(subscription.topic, has) !== key) continue
    if (++served > 2 && has('serves-two-subscribers-a-topic')) return
    const state = topic.delivering.get(pair) ?? newDelivering()
    topic.delivering.set(pair, state)
    if (isSame(state.delivered, content) && !has('delivers-unchanged-content')) {
      const times = has('delivers-unchanged-content-twice') ? 2 : 0
      for (let time = 0; time < times; time++) {
        void inside.work.during([subscription.callback], () => attemptOnce(inside, topic, subscription, content))
      }
      continue
    }
    if (state.failed.size > 1 && has('skips-subscribers-that-failed')) continue
    owe(inside, { pair, topic, subscription, state }, content)
  }
}

export function newDelivering(): Delivering {
  return {
    owed: undefined,
    delivered: undefined,
    tried: undefined,
    passedBy: [],
    failed: new Set(),
    movedTo: undefined,
    wake: new AbortController(),
  }
}

interface Owing {
  readonly pair: string
  readonly topic: TopicState
  readonly subscription: Subscription
  readonly state: Delivering
}

function owe(inside: Inside, owing: Owing, content: Content): void {
  const { state, subscription, topic } = owing
  if (inside.has('joins-feeds-of-a-callback') && content.type === 'application/atom+xml' && isJoined(inside, owing))
    return
  const before = state.owed
  state.owed = content
  state.wake.abort('newer content')
  if (before === undefined) void inside.work.during([subscription.callback], () => work(inside, owing))
  else if (inside.has('delivers-two-at-once'))
    void inside.work.during([subscription.callback], () => attemptOnce(inside, topic, subscription, content))
  else if (before !== state.tried) state.passedBy.push(before)
}

/** Whether another topic has just been delivered to the callback. */
function isJoined({ clock, lastAt }: Inside, { topic, subscription: { callback } }: Owing): boolean {
  const last = lastAt.get(callback)
  const atMs = clock.now()
  lastAt.set(callback, { topic: topic.url, atMs })
  return last !== undefined && last.topic !== topic.url && atMs - last.atMs < 100
}

async function work(inside: Inside, { pair, topic, state, subscription: first }: Owing): Promise<void> {
  const { has, restarts } = inside
  for (let attempt = 0; state.owed !== undefined; attempt++) {
    const content = (attempt > 0 && has('retries-outdated-content') ? state.tried : undefined) ?? state.owed
    const left = has('retries-after-unsubscription') && attempt > 0 && !inside.gone.has(pair)
    const current = inside.subscriptions.get(pair) ?? (left ? first : undefined)
    if (current === undefined || hasEnded(current, attempt, inside)) break
    if (inside.restarts > restarts && has('forgets-deliveries-at-a-restart')) break
    if (content !== state.tried) attempt = 0
    state.wake = new AbortController()
    state.tried = content
    const subscriber = attempt > 0 && has('signs-retries-with-old-secret') ? first : current
    const unsigned = has('signs-the-first-delivery-only') && state.delivered !== undefined
    const subscription = unsigned ? { ...subscriber, secret: undefined } : subscriber
    const sent = reduce(inside, damaged(content, attempt, inside), baseline(inside, topic, state))
    const given = state.movedTo !== undefined && state.movedTo.after !== content ? state.movedTo : subscription
    const bare = attempt > 0 && has('retries-without-the-callbacks-query')
    const callback = bare ? (given.callback.split('?')[0] ?? '') : given.callback
    const reply = sent && (await attemptOnce(inside, topic, { ...subscription, callback }, sent))
    const location = reply?.status === 301 ? headerValue(reply.headers, 'Location') : undefined
    if (location !== undefined && has('moves-callback-on-301')) state.movedTo = { callback: location, after: content }
    if (reply === undefined || isSuccess(reply, inside)) {
      state.delivered = content
      state.tried = undefined
      if (state.owed === content) state.owed = has('delivers-newest-first') ? state.passedBy.pop() : undefined
      continue
    }
    state.failed.add(content)
    if (has('takes-failed-entries-for-delivered') && inside.settings.feeds === 'new entries') state.delivered = content
    endWhere(reply, { pair, subscription }, inside)
    if (state.owed !== content && !has('retries-outdated-content')) continue
    if (attempt < retriesMax(inside)) {
      await rest(inside.clock, restMs(reply, attempt, inside), state.wake.signal)
      continue
    }
    if (has('deletes-after-failures')) inside.subscriptions.delete(pair)
    state.tried = undefined
    if (state.owed === content) state.owed = undefined
  }
  state.owed = undefined
}

/** By what the entries that are new are told. */
function baseline({ has }: Inside, { delivering }: TopicState, { delivered }: Delivering): Content | undefined {
  if (!has('takes-one-subscriber-for-all')) return delivered
  return [...delivering.values()].map((state) => state.delivered).find((content) => content !== undefined)
}

function retriesMax({ has, settings }: Inside): number {
  return has('never-retries') ? 0 : has('retries-once') ? 1 : settings.retryMs.length
}

function damaged(content: Content, attempt: number, { has }: Inside): Content {
  if (has('cuts-the-last-byte')) return { ...content, body: content.body.subarray(0, -1) }
  if (attempt === 0) return content
  if (has('retries-without-links')) return { ...content, unlinked: true }
  if (has('retries-with-another-type')) return { ...content, type: undefined }
  return has('retries-without-body') ? { ...content, body: Buffer.alloc(0) } : content
}

function hasEnded({ leaseEndsAtMs }: Subscription, attempt: number, { has, clock }: Inside): boolean {
  if (has('delivers-after-lease') || (attempt > 0 && has('retries-after-lease'))) return false
  return clock.now() >= leaseEndsAtMs
}

/** Only a 410 ends a subscription (§7). */
function endWhere(
  reply: Reply | null,
  { pair, subscription }: Pick<Owing, 'pair' | 'subscription'>,
  { has, subscriptions, gone }: Inside,
): void {
  const ends = reply?.status === 410 ? !has('ignores-410') : reply?.status === 404 && has('ends-subscription-on-404')
  if (!ends) return
  for (const [other, { topic, callback }] of subscriptions) {
    const ofTopic = has('410-ends-all-of-the-topic') && topic === subscription.topic
    const ofCallback = has('410-ends-all-of-the-callback') && callback === subscription.callback
    if (ofTopic || ofCallback) subscriptions.delete(other)
  }
  subscriptions.delete(pair)
  gone.add(pair)
}

/** Not before a Retry-After (RFC 9110 §10.2.3). */
function restMs(reply: Reply | null, attempt: number, { has, settings }: Inside): number {
  const schedule = has('retries-faster-and-faster') ? settings.retryMs.toReversed() : settings.retryMs
  const given = headerValue(reply?.headers ?? [], 'Retry-After')
  const told = given === undefined || has('ignores-retry-after') ? 0 : retryAfterMs(given, settings.secondMs)
  return Math.max(schedule[attempt] ?? 0, told)
}

function retryAfterMs(given: string, secondMs: number): number {
  return /^\d+$/.test(given) ? Number(given) * secondMs : Math.max(0, Date.parse(given) - Date.now())
}

/** Null where there was no answer. */
async function attemptOnce(
  inside: Inside,
  topic: TopicState,
  subscription: Subscription,
  content: Content,
): Promise<Reply | null> {
  const request = notification(inside, subscription, content)
  if (inside.has('delivers-twice')) await call(request)
  if (inside.has('follows-redirects-on-delivery')) return callFollowing(request, 5)
  if (!inside.has('delivers-one-after-another')) return call(request)
  topic.turn = topic.turn.then(() => call(request))
  return topic.turn
}

/** Any 2xx (§7). */
function isSuccess(reply: Reply | null, { has }: Inside): boolean {
  if (reply === null) return has('treats-no-answer-as-delivered')
  const { status, headers } = reply
  if (has('treats-302-as-delivered') && status === 302) return true
  if (has('treats-4xx-as-delivered') && status >= 400 && status < 500 && status !== 410) return true
  if (has('delivery-only-200')) return status === 200
  if (has('reads-subscriber-counts') && /\D/.test(headerValue(headers, 'X-Hub-On-Behalf-Of') ?? '')) return false
  return status >= 200 && status < 300
}

function isSame(one: Content | undefined, other: Content): boolean {
  return one === undefined ? false : one.body.equals(other.body) && one.type === other.type
}

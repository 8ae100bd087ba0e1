import { randomBytes } from 'node:crypto'
import { rest } from '../clock.ts'
import type { Header } from '../wire.ts'
import { type Call, call, callFollowing, type Reply } from './call.ts'
import type { Has } from './faults.ts'
import { pageOf } from './fragment.ts'
import type { Inside, Subscription } from './inside.ts'
import type { SubscriptionRequest } from './request.ts'
import { newUrlOf, takeForDelivered } from './topics.ts'
import { keyOf } from './url.ts'

export type Verdict = 'confirmed' | 'rejected' | 'no answer'

/** Asks the subscriber, then grants or ends; a request applies unless a later one for the same pair has (§5.1). */
export async function verify(inside: Inside, asked: SubscriptionRequest, number: number): Promise<Verdict> {
  const { has, settings, clock } = inside
  if (has('grants-unverified') && asked.kind === 'subscribe') grant(inside, asked, number, clock.now())
  if (asked.kind === 'subscribe') replaceUnconfirmed(inside, asked)
  const takeBack = changeForNow(inside, asked)
  const first = challengeFor(inside, asked)
  const { restarts } = inside
  const isForgotten = () => inside.restarts > restarts && has('forgets-requests-at-a-restart')
  let verdict: Verdict = 'no answer'
  for (const delayMs of [0, ...settings.verifyRetryMs]) {
    await rest(clock, delayMs)
    if (isForgotten()) break
    const challenge = has('same-challenge-on-retry') ? first : challengeFor(inside, asked)
    const askedAtMs = clock.now()
    const reply = await askInTurn(inside, asked, challenge)
    const own = has('takes-first-challenge-for-its-own') ? firstChallenge(asked, challenge) : challenge
    verdict = isWavedThrough(inside, asked, reply) ? 'confirmed' : judge(reply, own, inside)
    takeBack()
    if (isForgotten()) break
    if (reply?.status === 410 && has('410-on-verification-ends-subscription'))
      inside.subscriptions.delete(pairOf(asked, has))
    if (verdict === 'confirmed') {
      const leaseBegan = has('lease-counts-from-answer') ? clock.now() : askedAtMs
      if (asked.kind === 'subscribe') grant(inside, asked, number, leaseBegan)
      else end(inside, asked, number)
      if (has('takes-the-topic-for-delivered') && asked.kind === 'subscribe')
        await takeForDelivered(inside, asked.topic)
      if (settings.reconfirms && asked.kind === 'subscribe') reconfirmLater(inside, asked, number)
      if (has('verifies-twice')) await ask(inside, asked, challengeFor(inside, asked))
      return verdict
    }
    if (verdict === 'rejected') break
  }
  if (endsOnFailure(asked, has)) inside.subscriptions.delete(pairOf(asked, has))
  if (has('denies-after-failed-verification'))
    void inside.work.during([asked.callback], () => tellDenied(inside, asked, 'You did not confirm.'))
  return verdict
}

function endsOnFailure({ kind }: SubscriptionRequest, has: Has): boolean {
  return has(kind === 'subscribe' ? 'failed-verification-ends-subscription' : 'failed-unsubscribe-ends-subscription')
}

/** The fault of a single worker: who is asked about a topic waits for whoever was asked before. */
function askInTurn(inside: Inside, asked: SubscriptionRequest, challenge: string): Promise<Reply | null> {
  const { has, turns } = inside
  if (!has('verifies-one-after-another')) return ask(inside, asked, challenge)
  const asking = (turns.get(asked.topic) ?? Promise.resolve()).then(() => ask(inside, asked, challenge))
  turns.set(
    asked.topic,
    asking.then(() => undefined),
  )
  return asking
}

function echoedTopic(topic: string, has: Has): string {
  if (has('echoes-the-page')) return pageOf(topic)
  return has('echoes-normalised-topic') ? keyOf(topic, has) : topic
}

/** The verification URL: the callback as given, ours appended (§5.1.1, §5.3). */
function ask(inside: Inside, asked: SubscriptionRequest, challenge: string): Promise<Reply | null> {
  const { has, settings, agent, clock } = inside
  const lease = asked.kind === 'subscribe' && !has('no-lease-in-verification')
  const added = [
    ['hub.mode', has('wrong-mode-in-verification') ? 'subscribe' : asked.kind],
    ['hub.topic', echoedTopic(asked.topic, has)],
    ['hub.challenge', challenge],
    ...(lease ? [['hub.lease_seconds', String(asked.leaseSeconds)]] : []),
    ...(has('odd-lease-on-unsubscribe') && asked.kind === 'unsubscribe' ? [['hub.lease_seconds', 'never']] : []),
    ...(asked.verifyToken === undefined || has('drops-verify-token') ? [] : [['hub.verify_token', asked.verifyToken]]),
    ...(has('secret-in-verification') && asked.secret !== undefined ? [['hub.secret', asked.secret]] : []),
  ]
  const request: Call = {
    ...(has('no-user-agent') ? { userAgent: '' } : {}),
    trustsAnyone: has('trusts-any-certificate'),
    method: 'GET',
    url: withParameters(inside, calledFor(asked, has), added),
    headers: [
      ...headersBehindBreaks(asked.callback),
      ...(has('asks-for-gzip') ? [['Accept-Encoding', 'gzip'] as const] : []),
      ...(has('sends-userinfo') ? [['Authorization', `Basic ${btoa(new URL(asked.callback).username)}`] as const] : []),
    ],
    timeoutMs: has('reads-endless-answers') ? 60_000 : settings.verifyTimeoutMs,
    bytesMax: has('reads-endless-answers') ? Number.POSITIVE_INFINITY : 4096,
    agent,
    clock,
  }
  return has('follows-redirects-on-verification') ? callFollowing(request, 5) : call(request)
}

function calledFor({ kind, callback }: SubscriptionRequest, has: Has): string {
  if (kind === 'unsubscribe' && has('drops-callback-query-on-unsubscribe')) return callback.split('?')[0] ?? ''
  return callback.replace(/\p{Cc}.*/su, '')
}

/** What an HTTP client makes of a URL that it writes as it is: only a fault lets such a URL in. */
function headersBehindBreaks(callback: string): readonly Header[] {
  return [...callback.matchAll(/\n([\w-]+): (\w+)/g)].map(([, name = '', value = '']) => [name, value])
}

function withParameters({ has }: Inside, given: string, added: readonly (readonly string[])[]): string {
  const callback = given.replace('#', '%23')
  const query = added.map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`).join('&')
  if (has('drops-callback-query')) return `${callback.split('?')[0]}?${query}`
  if (has('re-encodes-callback'))
    return `${new URL(callback.toLowerCase()).href}${callback.includes('?') ? '&' : '?'}${query}`
  if (has('overwrites-clashing-challenge') && callback.includes('?hub.')) {
    const own = callback.slice(callback.indexOf('?') + 1).split('&')
    const kept = own.filter((pair) => !added.some(([name]) => pair.startsWith(`${name}=`)))
    return `${callback.split('?')[0]}?${[...kept, query].join('&')}`
  }
  const joint = !callback.includes('?') ? '?' : /[?&]$/.test(callback) ? '' : '&'
  return `${callback}${has('doubles-question-mark') && callback.endsWith('?') ? '?' : joint}${query}`
}

/** §5.3.1: any 2xx with the challenge as its body confirms; what got no usable answer may be asked again. */
function judge(reply: Reply | null, challenge: string, { has }: Inside): Verdict {
  if (reply === null && has('takes-no-answer-for-a-yes')) return 'confirmed'
  if (reply === null || reply.status >= 500 || reply.status === 429) return 'no answer'
  if (has('asks-again-after-404') && reply.status === 404) return 'no answer'
  if (has('confirms-by-204') && reply.status === 204) return 'confirmed'
  const success = reply.status >= 200 && reply.status < 300
  if (has('accepts-any-status') && reply.status === 404) return 'confirmed'
  if (!success) return 'rejected'
  if (has('verification-only-200') && reply.status !== 200) return 'rejected'
  if (has('wants-plain-text') && !/^content-type,text\/plain/im.test(reply.headers.join('\n'))) return 'rejected'
  const body = reply.body.toString()
  if (has('accepts-any-echo')) return 'confirmed'
  if (has('accepts-challenge-prefix') && (body.startsWith(challenge) || (body !== '' && challenge.startsWith(body)))) {
    return 'confirmed'
  }
  if (has('compares-challenges-without-case'))
    return body.toLowerCase() === challenge.toLowerCase() ? 'confirmed' : 'rejected'
  return body === challenge ? 'confirmed' : 'rejected'
}

/** By the faults that look closely at newcomers only. */
function isWavedThrough(inside: Inside, asked: SubscriptionRequest, reply: Reply | null): boolean {
  const { has, subscriptions } = inside
  if (reply === null || (asked.kind === 'subscribe' && !subscriptions.has(pairOf(asked, has)))) return false
  const does = asked.kind === 'subscribe' ? 'renews' : 'unsubscribes'
  if (reply.status >= 200 && reply.status < 300) return has(`${does}-at-any-2xx`)
  return reply.status >= 300 && reply.status < 400 && has(`${does}-at-a-redirect`)
}

function firstChallenge({ callback }: SubscriptionRequest, own: string): string {
  return new URLSearchParams(callback.split('?')[1]).get('hub.challenge') ?? own
}

function challengeFor(inside: Inside, { callback }: SubscriptionRequest): string {
  if (inside.has('same-row-of-challenges-for-all')) {
    const times = (inside.timesAsked.get(callback) ?? 0) + 1
    inside.timesAsked.set(callback, times)
    return `the-challenge-of-number-${times}`
  }
  if (inside.has('same-challenge-always')) return 'a-challenge-that-never-changes-though-foo-is-in-it'
  if (inside.has('short-challenge')) return randomBytes(3).toString('hex')
  if (inside.has('challenge-with-odd-characters')) return `<${randomBytes(16).toString('hex')}&>`
  return randomBytes(32).toString('base64url')
}

/** What a hub does that does not wait for the answer; what is returned takes it back. */
function changeForNow(
  { has, subscriptions }: Inside,
  { kind, topic, callback, secret }: SubscriptionRequest,
): () => void {
  const pair = pairOf({ topic, callback }, has)
  const before = subscriptions.get(pair)
  if (before === undefined && has('delivers-while-verification-is-open')) {
    subscriptions.set(pair, { topic, callback, secret, leaseEndsAtMs: Number.POSITIVE_INFINITY })
    return () => subscriptions.delete(pair)
  }
  if (before !== undefined && has(kind === 'subscribe' ? 'pauses-for-renewal' : 'pauses-for-unsubscribe')) {
    subscriptions.delete(pair)
    return () => subscriptions.set(pair, before)
  }
  return () => {}
}

function grant(inside: Inside, asked: SubscriptionRequest, number: number, beganAtMs: number): void {
  const pair = pairOf(asked, inside.has)
  if ((inside.appliedNumbers.get(pair) ?? 0) > number) return
  if (inside.gone.has(pair) && inside.has('bars-for-ever-after-410')) return
  inside.appliedNumbers.set(pair, number)
  const before = inside.subscriptions.get(pair)
  if (inside.has('renewal-keeps-old-state') && before !== undefined) return
  const { topic, callback, secret } = asked
  const leaseEndsAtMs = endOfRenewed(inside, before, endOfLease(inside, asked, beganAtMs))
  if (inside.has('denies-at-the-end')) denyAt(inside, asked, leaseEndsAtMs)
  inside.subscriptions.set(
    inside.has('repeat-adds-a-subscription') && before !== undefined ? `${pair} ${number}` : pair,
    { topic, callback, secret, leaseEndsAtMs },
  )
}

/** Where the lease is short and nothing else has changed it by then. */
function reconfirmLater(inside: Inside, asked: SubscriptionRequest, number: number): void {
  const granted = inside.subscriptions.get(pairOf(asked, inside.has))
  const inMs = 0.8 * asked.leaseSeconds * inside.settings.secondMs
  if (inMs > 60_000) return
  inside.clock.countDown(inMs, () => {
    if (inside.subscriptions.get(pairOf(asked, inside.has)) !== granted) return
    void inside.work.during([asked.callback], () => verify(inside, asked, number))
  })
}

function endOfRenewed({ has }: Inside, before: Subscription | undefined, endsAtMs: number): number {
  if (before !== undefined && has('renewal-never-shortens')) return Math.max(before.leaseEndsAtMs, endsAtMs)
  if (before !== undefined && has('renewal-never-extends')) return Math.min(before.leaseEndsAtMs, endsAtMs)
  return endsAtMs
}

/** A minute ahead at most: nobody waits for longer ones. */
function denyAt(inside: Inside, asked: SubscriptionRequest, atMs: number): void {
  const inMs = atMs - inside.clock.now()
  const tell = () => inside.work.during([asked.callback], () => deny(inside, asked, 'The lease has ended.'))
  if (inMs < 60_000) inside.clock.countDown(inMs, () => void tell())
}

function end(inside: Inside, asked: SubscriptionRequest, number: number): void {
  const { callback } = asked
  const topic = inside.has('knows-moved-topics-by-their-new-url') ? newUrlOf(inside, asked.topic) : asked.topic
  const pair = pairOf({ topic, callback }, inside.has)
  if ((inside.appliedNumbers.get(pair) ?? 0) > number) return
  inside.appliedNumbers.set(pair, inside.has('unsubscribe-is-for-ever') ? Number.POSITIVE_INFINITY : number)
  if (inside.has('unsubscribe-changes-nothing')) return
  for (const [other, { topic, callback }] of inside.subscriptions) {
    const ofTopic = inside.has('unsubscribe-ends-all-of-the-topic') && topic === asked.topic
    const ofCallback = inside.has('unsubscribe-ends-all-of-the-callback') && callback === asked.callback
    if (ofTopic || ofCallback) inside.subscriptions.delete(other)
  }
  inside.subscriptions.delete(pair)
}

/** What a renewal brings, before it was confirmed. */
function replaceUnconfirmed(inside: Inside, asked: SubscriptionRequest): void {
  const { has, subscriptions } = inside
  const before = subscriptions.get(pairOf(asked, has))
  if (before === undefined) return
  subscriptions.set(pairOf(asked, has), {
    ...before,
    ...(has('failed-renewal-replaces-secret') ? { secret: asked.secret } : {}),
    ...(has('failed-renewal-replaces-lease') ? { leaseEndsAtMs: endOfLease(inside, asked, inside.clock.now()) } : {}),
  })
}

function endOfLease({ has, settings }: Inside, { leaseSeconds }: SubscriptionRequest, beganAtMs: number): number {
  if (leaseSeconds === 0) return Number.POSITIVE_INFINITY
  const seconds = has('keeps-another-lease-than-it-tells') ? settings.leaseSeconds.standard : leaseSeconds
  return beganAtMs + seconds * settings.secondMs * (has('ends-leases-halfway') ? 0.5 : 1)
}

/** §5.2. One at a time and at a rate: denials go to whoever a stranger named. */
export async function deny(inside: Inside, asked: SubscriptionRequest, reason: string): Promise<void> {
  if (!inside.has('denies-all-at-once')) await denialTurn(inside)
  await tellDenied(inside, asked, reason)
}

async function tellDenied(inside: Inside, asked: SubscriptionRequest, reason: string): Promise<void> {
  const { has, settings, agent, clock } = inside
  const callback = has('drops-callback-query-on-denial') ? (asked.callback.split('?')[0] ?? '') : asked.callback
  const added = [
    ['hub.mode', 'denied'],
    ['hub.topic', asked.topic],
    ['hub.reason', has('breaks-lines-in-a-denial') ? `${reason}\r\nReally.` : reason],
    ...(has('asks-in-a-denial') ? [['hub.challenge', challengeFor(inside, asked)]] : []),
  ]
  const request: Call = {
    method: 'GET',
    url: withParameters(inside, callback, added),
    headers: has('offers-another-topic-in-a-denial') ? [['Location', `${asked.topic}/another`]] : [],
    timeoutMs: settings.verifyTimeoutMs,
    bytesMax: 4096,
    agent,
    clock,
  }
  for (const delayMs of [0, ...settings.verifyRetryMs]) {
    await rest(clock, delayMs)
    const reply = await call(request)
    if (has('takes-a-denial-for-a-verification')) grant(inside, asked, Number.POSITIVE_INFINITY, clock.now())
    if (reply !== null && reply.status < 500 && !has('repeats-denials')) return
  }
}

function denialTurn(inside: Inside): Promise<void> {
  inside.denialTurn = inside.denialTurn.then(() => rest(inside.clock, inside.settings.denialRestMs))
  return inside.denialTurn
}

/** A subscription is its topic and its callback (§1). */
export function pairOf({ topic, callback }: { readonly topic: string; readonly callback: string }, has: Has): string {
  if (has('one-subscription-per-callback')) return keyOf(callback, has)
  if (has('tells-callbacks-apart-by-their-path')) return `${keyOf(topic, has)} ${callback.split('?')[0]}`
  if (has('tells-topics-apart-by-their-path')) return `${topic.split('?')[0]} ${keyOf(callback, has)}`
  if (has('compares-urls-without-case')) return `${topic} ${callback}`.toLowerCase()
  return `${keyOf(topic, has)} ${keyOf(callback, has)}`
}

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Answered } from './asking.ts'
import { expect } from './claim.ts'
import type { Context } from './context.ts'
import { targetsTo } from './link-header.ts'
import type { Answerer, Arrival, Callback, Topic } from './peers.ts'
import { headerLines } from './wire.ts'

/** Fails the claim unless the hub took the request. */
export function expectAccepted(answer: Answered, what: string): void {
  expect(
    answer.status >= 200 && answer.status < 300,
    { expected: `a 2xx for ${what}`, found: `status ${answer.status}` },
    answer,
  )
}

/** Fails the claim unless the hub refused the request as the client's mistake. */
export function expectRefused(answer: Answered, what: string): void {
  expect(
    answer.status >= 400 && answer.status < 500,
    { expected: `a 4xx for ${what}`, found: `status ${answer.status}` },
    answer,
  )
}

/**
 * Changes topics that have a subscription each, pings them, and fails the claim unless the ping is accepted and each subscriber
 * gets a delivery.
 *
 * @param what the ping, as it continues "a 2xx for …"
 */
export async function expectReached(
  context: Context,
  what: string,
  topics: readonly Topic[],
  ping: () => Promise<Answered>,
): Promise<void> {
  const subscriptions = await Promise.all(topics.map((topic) => context.subscribed({ topic })))
  for (const topic of topics) topic.content = `Something new at ${topic.url}.`
  expectAccepted(await ping(), what)
  await Promise.all(subscriptions.map(({ callback }) => callback.delivery()))
}

/**
 * Pings, and returns the fetch that came of it; fails the claim where none does. What the ping is answered is not looked at: a
 * hub that fetches first may refuse it for what the topic served.
 */
export async function fetchAfterPing(context: Context, topic: Topic): Promise<Arrival> {
  const before = new Set(topic.fetches)
  await context.ping(topic)
  let fetch = await topic.fetch()
  while (before.has(fetch)) fetch = await topic.fetch()
  return fetch
}

/** Subscribers that must not get what is published, and why not. */
export interface Silent {
  readonly callback: Callback
  /** As it continues "no delivery to …": `the callback that answered 404`. */
  readonly whom: string
}

/**
 * Publishes, and fails the claim if any of them gets a delivery. A witness is subscribed to the same topic: the silence counts
 * only from when it has got its own.
 */
export async function expectNoDelivery(context: Context, topic: Topic, silent: readonly Silent[]): Promise<void> {
  const witness = await context.subscribed({ topic })
  const before = new Set(silent.flatMap(({ callback }) => callback.deliveries))
  const reached = () => silent.filter(({ callback }) => callback.deliveries.some((each) => !before.has(each)))
  await context.publish(topic)
  await witness.callback.delivery()
  await context.stays(() => reached().length === 0, {
    expected: `no delivery to ${silent.map(({ whom }) => whom).join(', nor to ')}`,
    found: () =>
      `one to ${reached()
        .map(({ whom }) => whom)
        .join(' and to ')}`,
  })
}

/**
 * Subscribes callbacks that answer the verification of intent so, publishes, and fails the claim if any of them gets a delivery.
 *
 * @param answerers each by what its callback did, as it continues "the callback that …"
 */
export async function expectUnconfirmed(
  context: Context,
  answerers: Readonly<Record<string, Answerer>>,
): Promise<void> {
  const topic = context.topic()
  const silent = Object.entries(answerers).map(([what, answerer]) => {
    const callback = context.callback()
    callback.onVerification(answerer)
    return { callback, whom: `the callback that ${what}` }
  })
  await Promise.all(
    silent.map(async ({ callback }) => {
      await context.subscribe(topic, callback)
      await context.noted(await callback.verification())
    }),
  )
  await expectNoDelivery(context, topic, silent)
}

/** Fails the claim if the callback is asked anything within the quiet time. */
export async function expectNoVerification(context: Context, callback: Callback, why: string): Promise<void> {
  await context.stays(() => callback.requests.length === 0, {
    expected: `no request to the callback, since ${why}`,
    found: () => `a ${callback.requests[0]?.exchange.what}`,
  })
}

/**
 * The method of a signature, if that is one of REC §7.1.1 and verifies with that secret over exactly the body; else why not.
 * Of several any will do: that there is but one is `signing/is-one`.
 */
export function signedWith(
  delivery: Arrival,
  secret: string | Buffer,
): { readonly method: string } | { readonly wrong: string } {
  const values = headerLines(delivery.headers, 'X-Hub-Signature').flatMap((line) => line.split(','))
  const verdicts = values.map((value) => judgeSignature(value.trim(), delivery.body, secret))
  return verdicts.find((verdict) => 'method' in verdict) ?? verdicts[0] ?? { wrong: 'no X-Hub-Signature' }
}

function judgeSignature(value: string, body: Buffer, secret: string | Buffer): ReturnType<typeof signedWith> {
  const [, method = '', hex = ''] = /^(sha1|sha256|sha384|sha512)=([0-9a-f]+)$/i.exec(value) ?? []
  if (method === '') return { wrong: `X-Hub-Signature: ${value}, which is not method=hex` }
  const right = createHmac(method.toLowerCase(), secret).update(body).digest()
  const given = Buffer.from(hex, 'hex')
  return given.length === right.length && timingSafeEqual(given, right)
    ? { method }
    : { wrong: `X-Hub-Signature: ${value}, which does not verify` }
}

/** Fails the claim unless the delivery is signed with that secret, by whichever method and in whichever case. */
export function expectSigned(delivery: Arrival, secret: string, which: string): void {
  const found = signedWith(delivery, secret)
  expect(
    !('wrong' in found),
    { expected: `a signature with ${which}`, found: 'wrong' in found ? found.wrong : '' },
    delivery,
  )
}

export function expectUnsigned(delivery: Arrival, why: string): void {
  const lines = headerLines(delivery.headers, 'X-Hub-Signature')
  expect(lines.length === 0, { expected: `no X-Hub-Signature, since ${why}`, found: lines.join(', ') }, delivery)
}

/** Fails the claim unless the delivery has that URL as its only rel=self. */
export function expectSelf(delivery: Arrival, url: string): void {
  const selves = targetsTo('self', delivery.headers)
  const found = selves.length === 0 ? 'none' : selves.join(' and ')
  expect(selves.join() === url, { expected: `rel=self ${url} and no other`, found }, delivery)
}

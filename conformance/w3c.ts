import { randomBytes } from 'node:crypto'
import { encodeForm, formType } from './asking.ts'
import { expectSigned, expectUnsigned } from './checks.ts'
import { expect } from './claim.ts'
import type { Context } from './context.ts'
import { type Arrival, type Callback, challengeOf, parameter, type Topic } from './peers.ts'
import { headerLines, headerValue } from './wire.ts'

/** What the seven hub tests of the W3C's test application have in common: its publisher, its subscriber, and its judgement. */
export interface W3cTest {
  readonly context: Context
  readonly topic: Topic
  readonly callback: Callback
  readonly secret: string | undefined
}

/** Its topics serve a type and a body of their own; its callbacks end in 20 characters that nobody guesses. */
export function w3cTest(
  context: Context,
  {
    number,
    type,
    body,
    secret,
  }: { readonly number: number; readonly type: string; readonly body: string; readonly secret?: string },
): W3cTest {
  const callback = context.callback({ suffix: `/hub/${number}/sub/${randomBytes(10).toString('hex')}` })
  callback.onVerification((arrival) =>
    parameter(arrival, 'hub.lease_seconds') === undefined && parameter(arrival, 'hub.mode') === 'subscribe'
      ? {
          status: 404,
          headers: [['Content-Type', 'application/json']],
          body: '{"error":"hub.lease_seconds is missing"}',
        }
      : { headers: [['Content-Type', 'application/octet-stream']], body: challengeOf(arrival) },
  )
  return { context, topic: context.topic({ content: body, type }), callback, secret }
}

export const w3cHtml = {
  type: 'text/html; charset=UTF-8',
  body: '<!DOCTYPE html>\n<html><head><title>WebSub test</title></head><body><p>A post.</p></body></html>\n',
}

/** It sends no lease, wants exactly 202, and the lease in the verification. */
export async function w3cSubscribes(
  { context, topic, callback, secret }: W3cTest,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const fields = secret === undefined ? more : { ...more, 'hub.secret': secret }
  const answer = await context.subscribe(topic, callback, fields)
  expect(answer.status === 202, { expected: 'status 202 and no other', found: `status ${answer.status}` }, answer)
  const verification = await callback.verification('subscribe')
  const lease = parameter(verification, 'hub.lease_seconds')
  expect(lease !== undefined, { expected: 'hub.lease_seconds in the verification', found: 'none' }, verification)
  await context.noted(verification)
}

/** It pings by hub.topic, in a form with hub.mode=publish, and does not look at the answer. */
export async function w3cPublishes({ context, topic }: W3cTest): Promise<void> {
  const body = encodeForm({ 'hub.mode': 'publish', 'hub.topic': topic.url })
  await context.send({ what: 'ping', headers: [formType], body })
}

/** A body that is the topic's but for blanks at its ends, its Content-Type to the letter, both links, and the right signature. */
export async function w3cReceives(test: W3cTest): Promise<void> {
  const { topic, callback, context, secret } = test
  const delivery = await callback.delivery()
  expect(delivery.body.length > 0, { expected: 'a body', found: 'an empty one' }, delivery)
  const same = delivery.text.trim() === String(topic.content).trim()
  expect(same, { expected: 'the body of the topic', found: `${delivery.body.length} other bytes` }, delivery)
  const [type, wanted] = [headerValue(delivery.headers, 'Content-Type'), headerValue(topic.headers, 'Content-Type')]
  expect(type === wanted, { expected: `Content-Type: ${wanted}`, found: type ?? 'none' }, delivery)
  expectLinks(delivery, context.hub)
  if (secret === undefined) expectUnsigned(delivery, 'no secret was given')
  else expectSignedInLowerCase(delivery, secret)
}

/** It compares strings. */
function expectSignedInLowerCase(delivery: Arrival, secret: string): void {
  expectSigned(delivery, secret, 'the secret')
  const found = headerValue(delivery.headers, 'X-Hub-Signature') ?? 'none'
  expect(/^[a-z0-9]+=[0-9a-f]+$/.test(found), { expected: 'a signature in lower case', found }, delivery)
}

/** It splits at every comma and blank, so that only a link written `<url>; rel="hub"` is found; the first one counts. */
function expectLinks(delivery: Arrival, hub: string): void {
  const lines = headerLines(delivery.headers, 'Link')
  const links = lines.flatMap((line) => line.split(', ')).map((link) => /^<(.+)>; rel="?([^"]+)"?$/.exec(link) ?? [])
  const first = (rel: string) => links.find(([, , rels]) => rels === rel)?.[1]
  const found = lines.length === 0 ? 'no Link' : `Link: ${lines.join(' and Link: ')}`
  expect(first('self') !== undefined, { expected: 'Link: <url>; rel="self"', found }, delivery)
  expect(first('hub') === hub, { expected: `<${hub}>; rel="hub" as the first hub`, found }, delivery)
}

import { randomBytes } from 'node:crypto'
import { type Claim, expect } from '../../claim.ts'
import type { Arrival } from '../../peers.ts'

export const claim: Claim = {
  rows: ['SEC-14'],
  level: 'hardening',
  section: '5.1.1',
  title: 'A callback is shown to nobody but itself: its URL is often all that protects it',
  sends: 'two subscriptions to one topic, whose callbacks have a secret in their paths; a ping',
  expects: 'neither secret in what the topic gets, nor in what the other callback gets',
  presupposes: ['distribution/reaches-each-subscription'],
  async run({ topic, callback, subscribed, publish }) {
    const publisher = topic()
    const [one, other] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')]
    const [first, second] = [callback({ suffix: `/${one}` }), callback({ suffix: `/${other}` })]
    await subscribed({ topic: publisher, callback: first })
    await subscribed({ topic: publisher, callback: second })
    await publish(publisher)
    await Promise.all([first.delivery(), second.delivery()])
    const expected = 'the secret of a callback nowhere but there'
    const all = [
      ...publisher.requests.flatMap((request) => [one, other].map((secret) => ({ request, secret }))),
      ...first.requests.map((request) => ({ request, secret: other })),
      ...second.requests.map((request) => ({ request, secret: one })),
    ]
    for (const { request, secret } of all) {
      expect(!holds(request, secret), { expected, found: `it in a ${request.exchange.what} for another` }, request)
    }
  },
}

function holds({ target, headers, text }: Arrival, secret: string): boolean {
  return [target, ...headers.map(([, value]) => value), text].some((part) => part.includes(secret))
}

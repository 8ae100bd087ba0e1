import type { Claim } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'
import type { Header } from '../../wire.ts'

const headers: readonly (readonly Header[])[] = [
  [
    ['Content-Type', 'application/octet-stream'],
    ['X-Content-Type-Options', 'nosniff'],
  ],
  [['Content-Type', 'text/html; charset=UTF-8']],
  [['Content-Type', 'text/plain; charset=x']],
  [],
]

export const claim: Claim = {
  rows: ['VER-10'],
  level: 'MUST*',
  section: '5.3.1, 8.2',
  title: 'The confirmation may have any Content-Type, or none: §8.2 advises application/octet-stream',
  sends:
    'subscriptions whose callbacks echo as application/octet-stream, text/html, text/plain and without a type; a ping',
  expects: 'a delivery to each of them',
  presupposes: ['publishing/is-delivered', 'distribution/reaches-each-subscription'],
  async run({ topic, callback, subscribed, publish }) {
    const publisher = topic()
    const subscribers = headers.map((lines) => {
      const subscriber = callback()
      subscriber.onVerification((arrival) => ({ headers: lines, body: challengeOf(arrival) }))
      return subscriber
    })
    await Promise.all(subscribers.map((subscriber) => subscribed({ topic: publisher, callback: subscriber })))
    await publish(publisher)
    await Promise.all(subscribers.map((subscriber) => subscriber.delivery()))
  },
}

import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VAL-07', 'UNS-06'],
  level: 'MUST',
  section: '5',
  title: 'An unsubscription is not validated with the publisher',
  sends: 'a subscription, then, after a quiet time, an unsubscription that is confirmed',
  expects: 'no request to the topic from then on',
  presupposes: ['unsubscription/is-verified', 'publishing/may-poll'],
  async run({ subscribed, unsubscribed, stays }) {
    const subscription = await subscribed()
    const { topic } = subscription
    await stays(() => true, { expected: 'a quiet time' })
    const before = topic.requests.length
    await unsubscribed(subscription)
    await stays(() => topic.requests.length === before, { expected: 'no request to the topic', found: () => 'one' })
    expect(topic.requests.length === before, { expected: 'no request to the topic', found: 'one' })
  },
}

import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-15'],
  level: 'hardening',
  section: '2',
  title:
    'The first ping after a subscription is delivered though the topic has not changed: that subscriber has nothing yet',
  sends: 'a ping for a topic that never changed; then another subscription, and another ping',
  expects: 'one delivery to the first subscriber, then one to the second',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, ping, noted }) {
    const first = await subscribed()
    await ping(first.topic)
    await noted(await first.callback.delivery())
    const second = await subscribed({ topic: first.topic })
    await ping(first.topic)
    await second.callback.delivery()
  },
}

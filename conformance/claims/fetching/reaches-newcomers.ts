import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-15'],
  level: 'hardening',
  section: '2',
  title:
    'Who subscribes later gets the topic at the next ping, though it has not changed: that subscriber has nothing yet',
  sends: 'a ping for a topic that never changes; when it was delivered, another subscription, and another ping',
  expects: 'a delivery to the second subscriber',
  presupposes: ['validation/first-ping-is-always-delivered'],
  async run({ subscribed, ping, noted }) {
    const first = await subscribed()
    await ping(first.topic)
    await noted(await first.callback.delivery())
    const second = await subscribed({ topic: first.topic })
    await ping(first.topic)
    await second.callback.delivery()
  },
}

import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-18'],
  level: 'MUST*',
  section: '5.1',
  title: 'A repeated request updates the subscription and adds none',
  sends: 'the same subscription twice, each time confirmed, then one ping',
  expects: 'one delivery',
  presupposes: ['subscription/can-be-repeated', 'distribution/comes-once'],
  async run({ subscribed, publish, stays }) {
    const { topic, callback } = await subscribed()
    await subscribed({ topic, callback })
    await publish(topic)
    await callback.delivery()
    await stays(() => callback.deliveries.length === 1, {
      expected: 'one delivery',
      found: () => `${callback.deliveries.length} deliveries`,
    })
  },
}

import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-10'],
  level: 'MUST*',
  section: '5.1',
  title: 'Who has unsubscribed can subscribe again',
  sends: 'a subscription, its unsubscription, the subscription again, each confirmed; a ping',
  expects: 'exactly one delivery, of what the topic serves',
  presupposes: ['unsubscription/ends-deliveries', 'distribution/comes-once'],
  async run({ subscribed, unsubscribed, publish, stays }) {
    const { topic, callback } = await subscribed()
    await unsubscribed({ topic, callback })
    await subscribed({ topic, callback })
    const content = await publish(topic)
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} others`
    expect(delivery.body.equals(content), { expected: `the topic's ${content.length} bytes`, found }, delivery)
    await stays(() => callback.deliveries.length === 1, {
      expected: 'one delivery',
      found: () => `${callback.deliveries.length} deliveries`,
    })
  },
}

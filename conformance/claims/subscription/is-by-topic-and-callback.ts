import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-21'],
  level: 'MUST*',
  section: '1',
  title: 'One callback with two topics, and one topic with two callbacks, are subscriptions of their own',
  sends: 'three subscriptions: a callback to two topics, a second callback to the first topic; a ping for each topic',
  expects: 'two deliveries at the first callback, one for each topic, and one at the second',
  presupposes: ['distribution/reaches-each-subscription'],
  async run({ subscribed, topic, callback, publish, until, timing }) {
    const [one, other] = [topic(), topic()]
    const [first, second] = [callback(), callback()]
    await subscribed({ topic: one, callback: first })
    await subscribed({ topic: other, callback: first })
    await subscribed({ topic: one, callback: second })
    const contents = [await publish(one), await publish(other)]
    const has = (content: Buffer) => first.deliveries.some(({ body }) => body.equals(content))
    await until(() => contents.every(has), {
      withinMs: timing.deliveryMs,
      expected: 'a delivery for each topic at the callback that subscribed to both',
    })
    await second.delivery()
  },
}

import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DIST-23'],
  level: 'hardening',
  section: '7',
  title: 'Empty content is not delivered: a subscriber could do nothing with it',
  sends: 'a ping for a topic that answers 200 with an empty body; then another, when it has content again',
  expects: 'one delivery, with the content',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish, noted, stays }) {
    const { topic, callback } = await subscribed()
    await publish(topic, '')
    await noted(await topic.fetch())
    await stays(() => callback.deliveries.every(({ body }) => body.length > 0), {
      expected: 'no delivery without a body',
      found: () => 'one',
    })
    await publish(topic)
    await callback.delivery()
  },
}

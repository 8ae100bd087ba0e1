import { type Claim, skip } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-04'],
  level: 'MUST*',
  section: '6.1',
  title: 'Where a topic begins to redirect, its subscribers are sent deliveries and asked nothing',
  sends: 'a ping for a topic that has begun to answer 301 with the URL of another',
  expects: 'a delivery, and no further request to the callback. A hub that cancels by a denial (§5.2) is skipped',
  presupposes: ['fetching/follows-redirects', 'distribution/comes-once'],
  async run({ subscribed, topic: fresh, ping, until, stays, timing }) {
    const { topic, callback } = await subscribed()
    topic.serves({ status: 301, headers: [['Location', fresh({ content: 'Here now.' }).url]] })
    const before = callback.requests.length
    await ping(topic)
    await until(() => callback.deliveries.length + callback.denials.length > 0, {
      expected: 'a delivery at the callback',
      withinMs: timing.deliveryMs,
    })
    if (callback.denials.length > 0) skip('it cancels the subscription by a denial, as it may')
    await stays(() => callback.requests.length === before + 1, {
      expected: 'nothing but one delivery',
      found: () =>
        callback.requests
          .slice(before)
          .map(({ exchange }) => exchange.what)
          .join(', then a '),
    })
  },
}

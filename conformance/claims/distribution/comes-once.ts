import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DIST-13'],
  level: 'compat',
  section: '7',
  title: 'A subscriber that accepts an update gets it once',
  sends: 'three subscriptions to one topic, two pings with a change each, the second after all have got the first',
  expects: 'two deliveries to each callback',
  presupposes: ['distribution/reaches-each-subscription'],
  async run({ topic, subscribed, publish, stays }) {
    const publisher = topic()
    const subscriptions = await Promise.all([1, 2, 3].map(() => subscribed({ topic: publisher })))
    const counts = () => subscriptions.map(({ callback }) => callback.deliveries.length)
    for (const _ of ['first', 'second']) {
      await publish(publisher)
      await Promise.all(subscriptions.map(({ callback }) => callback.delivery()))
    }
    await stays(() => counts().every((count) => count === 2), {
      expected: 'two deliveries to each callback',
      found: () => `${counts().join(', ')}`,
    })
  },
}

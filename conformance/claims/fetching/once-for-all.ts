import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-01'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'After a ping the topic is fetched with GET, once for all its subscribers',
  sends: 'a ping for a topic with three subscriptions',
  expects: 'one GET, and three deliveries',
  presupposes: ['distribution/reaches-each-subscription', 'publishing/may-poll'],
  async run({ topic: fresh, subscribed, publish, stays }) {
    const topic = fresh()
    const subscriptions = await Promise.all([1, 2, 3].map(() => subscribed({ topic })))
    const before = topic.fetches.length
    await publish(topic)
    await Promise.all(subscriptions.map(({ callback }) => callback.delivery()))
    const count = () => topic.fetches.length - before
    await stays(() => count() === 1, { expected: 'one GET', found: () => `${count()}` })
  },
}

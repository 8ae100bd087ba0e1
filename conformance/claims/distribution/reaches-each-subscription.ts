import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DIST-13'],
  level: 'MUST*',
  section: '7',
  title: 'Every subscription of a topic gets each update',
  sends: 'three subscriptions to one topic, two pings with a change each, the second after all have got the first',
  expects: 'both updates at each callback',
  presupposes: ['fetching/delivers-what-is-served'],
  async run({ topic, subscribed, publish, until, timing }) {
    const publisher = topic()
    const subscriptions = await Promise.all([1, 2, 3].map(() => subscribed({ topic: publisher })))
    for (const which of ['first', 'second']) {
      const content = await publish(publisher)
      const reached = () =>
        subscriptions.filter(({ callback }) => callback.deliveries.some(({ body }) => body.equals(content))).length
      await until(() => reached() === subscriptions.length, {
        expected: `the ${which} update at each of the ${subscriptions.length} callbacks`,
        found: () => `it at ${reached()} of them`,
        withinMs: timing.deliveryMs,
      })
    }
  },
}

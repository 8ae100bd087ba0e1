import type { Claim } from '../../claim.ts'
import { freshContent } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-06'],
  level: 'MUST',
  section: '7',
  title: 'Every new update is tried, also with a subscriber that has failed before',
  sends: 'four updates, each published when the one before it has been answered with 500, and so has been refused',
  expects: 'an attempt to deliver each of them',
  presupposes: ['retry/only-410-ends-a-subscription'],
  async run({ subscribed, publish, until, noted, timing }) {
    const { topic, callback } = await subscribed()
    callback.onDelivery({ status: 500 })
    for (const ordinal of ['first', 'second', 'third', 'fourth']) {
      const content = freshContent()
      const attempt = () => callback.deliveries.find(({ text }) => text === content)
      await publish(topic, content)
      await until(() => attempt() !== undefined, {
        expected: `an attempt to deliver the ${ordinal} update`,
        withinMs: timing.deliveryMs,
      })
      await Promise.all([attempt()].map((arrival) => arrival && noted(arrival)))
    }
  },
}

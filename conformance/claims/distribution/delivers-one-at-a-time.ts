import type { Claim } from '../../claim.ts'
import { skipUnlessOpen } from '../../retries.ts'

export const claim: Claim = {
  rows: ['DIST-21'],
  level: 'hardening',
  section: '7',
  title: 'No delivery to a subscription begins while another to it is open',
  sends:
    'an update whose delivery is left open; the next update, which another subscriber gets; then an answer to the first',
  expects: 'a second POST, but only after the first was answered',
  presupposes: ['distribution/waits-for-nobody', 'distribution/waits-for-an-answer'],
  holds: true,
  async run({ topic, subscribed, publish, stays }) {
    const publisher = topic()
    const [{ callback }, witness] = [await subscribed({ topic: publisher }), await subscribed({ topic: publisher })]
    const released = Promise.withResolvers<void>()
    callback.onDelivery((_, before) => (before === 0 ? { until: released.promise } : {}))
    await publish(publisher)
    const [first] = await Promise.all([callback.delivery(), witness.callback.delivery()])
    await publish(publisher)
    await witness.callback.delivery()
    await stays(() => callback.deliveries.length === 1 || first.endedAtMs !== undefined, {
      expected: 'one POST while it is not answered',
      found: () => `${callback.deliveries.length}`,
    })
    skipUnlessOpen(first, 'it had delivered the next update to another')
    released.resolve()
    await callback.delivery()
  },
}

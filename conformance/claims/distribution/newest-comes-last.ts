import { type Claim, observed } from '../../claim.ts'
import { freshContent } from '../../retries.ts'

export const claim: Claim = {
  rows: ['DIST-20'],
  level: 'hardening',
  section: '7',
  title: 'A slow subscriber ends up with the newest content, and never gets older after newer',
  sends: 'three updates, of which the first stays unanswered until another subscriber has got all; then it is accepted',
  expects: 'the third update as the last delivery; whether the second came before it is noted',
  presupposes: ['distribution/waits-for-nobody', 'distribution/waits-for-an-answer'],
  holds: true,
  async run({ topic, subscribed, publish, until, stays, timing }) {
    const publisher = topic()
    const [{ callback }, witness] = [await subscribed({ topic: publisher }), await subscribed({ topic: publisher })]
    const released = Promise.withResolvers<void>()
    callback.onDelivery((_, before) => (before === 0 ? { until: released.promise } : {}))
    const updates = [freshContent(), freshContent(), freshContent()]
    for (const update of updates) {
      await publish(publisher, update)
      await Promise.all([witness.callback.delivery(), update === updates[0] ? callback.delivery() : undefined])
    }
    released.resolve()
    const order = () => callback.deliveries.map(({ text }) => updates.indexOf(text) + 1)
    await until(() => order().includes(3), { expected: 'a delivery of the third', withinMs: timing.deliveryMs })
    const grows = () => order().every((number, at) => at === 0 || number >= (order()[at - 1] ?? 0))
    await stays(grows, { expected: 'none older after a newer one', found: () => `the order ${order().join(', ')}` })
    return observed(
      order().includes(2) ? 'delivers what was outdated meanwhile as well' : 'leaves out what was outdated',
    )
  },
}

import { type Claim, expect } from '../../claim.ts'
import { callbackApart } from '../../retries.ts'

export const claim: Claim = {
  rows: ['DIST-19'],
  level: 'hardening',
  section: '7',
  title: 'A subscriber that does not answer keeps no other waiting',
  sends: 'an update for two subscribers, of whom neither answers before both have been called',
  expects: 'a delivery to each, while the other is open',
  presupposes: ['distribution/reaches-each-subscription'],
  holds: true,
  async run(context) {
    const topic = context.topic()
    const released = Promise.withResolvers<void>()
    const callbacks = await Promise.all([1, 2].map(() => callbackApart(context)))
    for (const callback of callbacks) {
      callback.onDelivery({ until: released.promise })
      await context.subscribed({ topic, callback })
    }
    const open = () =>
      callbacks.filter(({ deliveries: [first] }) => first !== undefined && first.endedAtMs === undefined)
    await context.publish(topic)
    const expected = 'deliveries to both, open at the same time'
    const found = () =>
      `${callbacks.filter(({ deliveries }) => deliveries.length > 0).length} before the first was ended`
    await context.until(() => open().length === 2, { expected, found, withinMs: context.timing.deliveryMs })
    await context.settle()
    expect(open().length === 2, { expected, found: 'the second only when the first had been given up' })
    released.resolve()
  },
}

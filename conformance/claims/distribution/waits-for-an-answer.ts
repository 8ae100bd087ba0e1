import { type Claim, expect } from '../../claim.ts'

/** In what the hub takes for seconds. */
const seconds = 5

export const claim: Claim = {
  rows: ['DIST-27'],
  level: 'hardening',
  section: '7',
  title: 'A delivery is given time: subscribers often do their work before they answer',
  sends: `an update whose delivery is answered with 200 after ${seconds} seconds`,
  expects: 'that the hub waits for the answer, and sends no second POST',
  presupposes: ['distribution/comes-once'],
  holds: true,
  async run({ subscribed, publish, pass, noted, stays, timing, knobs }) {
    const { topic, callback } = await subscribed()
    const slow = Promise.withResolvers<void>()
    callback.onDelivery({ until: slow.promise })
    await publish(topic)
    const delivery = await callback.delivery()
    await pass(seconds * timing.secondMs)
    slow.resolve()
    await noted(delivery)
    expect(delivery.answeredWhole, { expected: 'a hub that waits', found: 'that it went away' }, delivery)
    await stays(() => callback.deliveries.length === 1, {
      expected: 'one delivery',
      found: () => `${callback.deliveries.length}`,
      forMs: Math.max(timing.quietMs, knobs.retryWithinMs ?? 0),
    })
  },
}

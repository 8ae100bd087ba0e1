import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['RETRY-15'],
  level: 'hardening',
  section: '7',
  title: 'Of an answer to a delivery only so much is read: one without end is ended by the hub, and is a success',
  sends: 'an update whose delivery is answered with 200 and a body that does not end',
  expects: 'that the hub ends the connection, and sends no second POST',
  presupposes: ['retry/any-2xx-is-success'],
  holds: true,
  async run(context) {
    const { timing, knobs, until, stays } = context
    const { topic, callback } = await context.subscribed()
    callback.onDelivery({ fault: 'endless', body: 'and so on' })
    await context.publish(topic)
    const delivery = await callback.delivery()
    await until(() => delivery.endedAtMs !== undefined, {
      expected: 'an end to reading',
      found: () => 'that it reads on',
      withinMs: Math.max(timing.deliveryMs, knobs.deliveryTimeoutMs ?? 0),
    })
    await stays(() => callback.deliveries.length === 1, {
      expected: 'one delivery',
      found: () => `${callback.deliveries.length}`,
      forMs: Math.max(timing.quietMs, knobs.retryWithinMs ?? 0),
    })
  },
}

import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

export const claim: Claim = {
  rows: ['LEASE-12'],
  level: 'MUST*',
  section: '5.1',
  title: 'While a renewal waits for its confirmation, deliveries go on',
  sends: 'a renewal whose verification is left open; a ping',
  expects: 'a delivery',
  presupposes: [
    'verification/waits-for-nobody',
    'subscription/can-be-repeated',
    'publishing/is-delivered',
    'validation/first-ping-is-always-delivered',
  ],
  holds: true,
  async run({ subscribed, subscribe, publish }) {
    const { topic, callback } = await subscribed()
    const { promise: delivered, resolve: answer } = Promise.withResolvers<void>()
    callback.onVerification((arrival) => ({ ...echo(arrival), until: delivered }))
    await subscribe(topic, callback)
    await callback.verification()
    await publish(topic)
    await callback.delivery()
    answer()
  },
}

import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

export const claim: Claim = {
  rows: ['UNS-12'],
  level: 'MUST*',
  section: '5.1',
  title: 'Until an unsubscription is confirmed, deliveries go on',
  sends: 'an unsubscription whose verification is left open; a ping',
  expects: 'a delivery, while the verification is still open or after it was given up',
  presupposes: ['verification/waits-for-nobody', 'unsubscription/is-verified', 'publishing/is-delivered'],
  holds: true,
  async run({ subscribed, unsubscribe, publish }) {
    const { topic, callback } = await subscribed()
    const { promise: delivered, resolve: answer } = Promise.withResolvers<void>()
    callback.onVerification((arrival) => ({ ...echo(arrival), until: delivered }))
    await unsubscribe(topic, callback)
    await callback.verification('unsubscribe')
    await publish(topic)
    await callback.delivery()
    answer()
  },
}

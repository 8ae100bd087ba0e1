import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-04', 'VER-14'],
  level: 'MUST',
  section: '5.1',
  title: 'An unsubscription that was not confirmed leaves the subscription running',
  sends: 'an unsubscription that the callback answers with 404, then a ping',
  expects: 'a delivery',
  presupposes: ['unsubscription/is-verified', 'publishing/is-delivered', 'verification/only-2xx-confirms'],
  async run({ subscribed, unsubscribe, noted, publish }) {
    const { topic, callback } = await subscribed()
    callback.onVerification({ status: 404 })
    await unsubscribe(topic, callback)
    await noted(await callback.verification('unsubscribe'))
    await publish(topic)
    await callback.delivery()
  },
}

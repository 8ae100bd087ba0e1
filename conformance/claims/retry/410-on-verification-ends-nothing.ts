import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['RETRY-17'],
  level: 'compat',
  section: '5.3.1',
  title: 'A 410 in answer to the verification of a renewal only fails the renewal',
  sends: 'a confirmed subscription; the same again, its verification answered with 410; an update',
  expects: 'a delivery, since the first subscription is still in force',
  presupposes: ['publishing/is-delivered', 'subscription/failed-renewal-keeps-the-secret'],
  async run({ subscribed, subscribe, noted, publish }) {
    const { topic, callback } = await subscribed()
    callback.onVerification({ status: 410 })
    await subscribe(topic, callback)
    await noted(await callback.verification())
    await publish(topic)
    await callback.delivery()
  },
}

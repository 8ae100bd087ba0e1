import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PSH-05'],
  level: 'compat',
  section: '0.3 §6.1.2',
  title: 'Who subscribes with hub.verify=sync and agrees is subscribed, however the request is answered',
  sends: 'a subscription request with hub.verify=sync; its callback echoes the challenge; then a ping',
  expects: 'a 2xx, a verification and a delivery',
  presupposes: ['publishing/is-delivered', 'subscription/takes-what-old-clients-send'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.verify': 'sync' } })
    await publish(topic)
    await callback.delivery()
  },
}

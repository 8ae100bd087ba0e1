import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-01', 'SIG-03', 'SIG-05', 'SIG-13'],
  level: 'MUST',
  section: '7.1',
  title: 'With hub.secret a delivery carries an X-Hub-Signature that verifies over its body',
  sends: 'a subscription with hub.secret, then a ping',
  expects: 'X-Hub-Signature: method=hex, the HMAC of exactly the body that was sent, its key the secret',
  presupposes: ['publishing/is-delivered', 'subscription/accepts-a-secret'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
    await publish(topic)
    expectSigned(await callback.delivery(), 'k3fj2m9x7q1z8v5t4w6y', 'the secret')
  },
}

import { signedWith } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-07'],
  level: 'compat',
  section: '7.1.1',
  title: 'A subscriber that says hub.verify=sync gets a signature like any other',
  sends: 'a subscription with hub.secret and hub.verify=sync alone, as clients send that know SHA-1 only; then a ping',
  expects: 'a signature that verifies; its method is noted',
  presupposes: ['drafts/sync-makes-a-subscription', 'signing/verifies', 'subscription/takes-what-old-clients-send'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'an old secret', 'hub.verify': 'sync' } })
    await publish(topic)
    const delivery = await callback.delivery()
    const signature = signedWith(delivery, 'an old secret')
    expect(
      'method' in signature,
      { expected: 'a signature with the secret', found: 'wrong' in signature ? signature.wrong : '' },
      delivery,
    )
    return observed(signature.method)
  },
}

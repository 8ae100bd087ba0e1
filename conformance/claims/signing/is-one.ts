import { type Claim, expect } from '../../claim.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['SIG-08'],
  level: 'hardening',
  section: '7.1',
  title: 'A delivery has one signature: neither a second header nor a list, for which the Recommendation has no form',
  sends: 'a subscription with hub.secret, then a ping',
  expects: 'one X-Hub-Signature with one method=hex',
  presupposes: ['signing/verifies'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
    await publish(topic)
    const delivery = await callback.delivery()
    const found = headerLines(delivery.headers, 'X-Hub-Signature')
    expect(
      found.length === 1 && /^\s*[a-z0-9]+=[0-9a-f]+\s*$/i.test(found[0] ?? ''),
      { expected: 'one X-Hub-Signature: method=hex', found: found.join(' and ') },
      delivery,
    )
  },
}

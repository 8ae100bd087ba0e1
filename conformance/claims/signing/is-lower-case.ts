import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['SIG-04'],
  level: 'compat',
  section: '7.1',
  title: 'Method and digits of a signature are in lower case: most subscribers compare strings',
  sends: 'a subscription with hub.secret, then a ping',
  expects: 'X-Hub-Signature: method=hex without a capital letter',
  presupposes: ['signing/verifies'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
    await publish(topic)
    const delivery = await callback.delivery()
    const found = headerValue(delivery.headers, 'X-Hub-Signature') ?? 'none'
    expect(found === found.toLowerCase(), { expected: found.toLowerCase(), found }, delivery)
  },
}

import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const secret = 'k3fj2m9x7q1z8v5t4w6y'
const updates = ['first', 'second', 'third']

export const claim: Claim = {
  rows: ['SIG-01'],
  level: 'MUST',
  section: '7.1',
  title: 'Every delivery of a subscription is signed, not only its first',
  sends: `a subscription with hub.secret, then ${updates.length} pings with a change each, every one after the delivery before`,
  expects: 'an X-Hub-Signature that verifies on each delivery',
  presupposes: ['signing/verifies', 'distribution/comes-once'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': secret } })
    for (const update of updates) {
      await publish(topic)
      expectSigned(await callback.delivery(), secret, `the secret, on the ${update} delivery`)
    }
  },
}

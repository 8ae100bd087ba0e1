import { expectUnsigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-02'],
  level: 'MUST',
  section: '7.1',
  title: 'Without hub.secret a delivery carries no X-Hub-Signature',
  sends: 'a subscription without hub.secret, then a ping',
  expects: 'a delivery without X-Hub-Signature',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    expectUnsigned(await callback.delivery(), 'no secret was given')
  },
}

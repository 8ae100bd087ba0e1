import { expectNoDelivery } from '../../checks.ts'
import { type Claim, skip } from '../../claim.ts'
import { parameter } from '../../peers.ts'

const askedSeconds = 2

export const claim: Claim = {
  rows: ['LEASE-02'],
  level: 'MUST',
  section: '5.3.1',
  title: 'When the lease has ended nothing is delivered any more',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}; a ping when it has ended`,
  expects: 'no delivery, while a subscriber whose lease runs gets one',
  presupposes: ['publishing/is-delivered', 'verification/has-each-parameter-once'],
  async run(context) {
    const { topic, callback, verification } = await context.subscribed({
      fields: { 'hub.lease_seconds': String(askedSeconds) },
    })
    const leaseSeconds = Number(parameter(verification, 'hub.lease_seconds'))
    if (leaseSeconds > askedSeconds) skip(`it grants no lease below ${leaseSeconds} s`)
    await context.pass((leaseSeconds + 0.5) * context.timing.secondMs)
    await expectNoDelivery(context, topic, [{ callback, whom: 'the subscriber whose lease has ended' }])
  },
}

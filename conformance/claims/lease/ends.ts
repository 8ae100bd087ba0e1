import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { endingLease, passEnd } from '../../leases.ts'

const askedSeconds = 2

export const claim: Claim = {
  rows: ['LEASE-02', 'DIST-14'],
  level: 'MUST',
  section: '5.3.1',
  title: 'When the lease has ended nothing is delivered any more',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}; a ping when it has ended; what the hub asks meanwhile is answered with 404`,
  expects: 'no delivery, while a subscriber whose lease runs gets one',
  presupposes: ['publishing/is-delivered', 'verification/has-each-parameter-once'],
  async run(context) {
    const ending = await endingLease(context, askedSeconds)
    await passEnd(context, ending)
    await expectNoDelivery(context, ending.topic, [
      { callback: ending.callback, whom: 'the subscriber whose lease has ended' },
    ])
  },
}

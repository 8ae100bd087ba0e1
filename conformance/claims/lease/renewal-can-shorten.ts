import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { endingLease, passEnd } from '../../leases.ts'

const firstSeconds = 3600
const secondSeconds = 2

export const claim: Claim = {
  rows: ['LEASE-10'],
  level: 'MUST',
  section: '5.1',
  title: 'A confirmed renewal brings its own end, though that is earlier',
  sends: `a subscription with hub.lease_seconds=${firstSeconds}, its renewal with ${secondSeconds}; a ping when the second lease has ended`,
  expects: 'no delivery, while a subscriber whose lease runs gets one',
  presupposes: ['lease/ends', 'subscription/renewal-replaces-the-secret'],
  async run(context) {
    const { topic, callback } = await context.subscribed({ fields: { 'hub.lease_seconds': String(firstSeconds) } })
    const renewed = await endingLease(context, secondSeconds, { topic, callback })
    await passEnd(context, renewed)
    await expectNoDelivery(context, topic, [{ callback, whom: 'the subscriber whose second lease has ended' }])
  },
}

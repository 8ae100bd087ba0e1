import type { Claim } from '../../claim.ts'
import { shortLease } from '../../leases.ts'

const askedSeconds = 10
const percent = 70

export const claim: Claim = {
  rows: ['LEASE-01'],
  level: 'MUST*',
  section: '5.3',
  title: 'A subscription lasts as long as its verification told',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}; a ping when ${percent} % of what was granted have passed`,
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered', 'verification/has-each-parameter-once'],
  async run(context) {
    const { topic, callback, verification, endsAtMs } = await shortLease(context, askedSeconds)
    const leaseMs = endsAtMs - verification.atMs
    await context.pass(Math.max(0, verification.atMs + (percent / 100) * leaseMs - context.now()))
    await context.publish(topic)
    await context.until(() => callback.deliveries.length > 0, {
      expected: `a delivery, for the lease of ${leaseMs / context.timing.secondMs} s had run to ${percent} %`,
      withinMs: context.timing.deliveryMs,
    })
  },
}

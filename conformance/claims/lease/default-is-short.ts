import { type Claim, expect, observed } from '../../claim.ts'
import { leaseTold } from '../../leases.ts'

const recommendedSeconds = 864_000
const shortSeconds = 3 * recommendedSeconds

export const claim: Claim = {
  rows: ['LEASE-04'],
  level: 'SHOULD',
  section: '8.2',
  title: 'The lease of who asks for none is short: the Recommendation names ten days as a good default',
  sends: 'a subscription request without hub.lease_seconds',
  expects: `hub.lease_seconds=${recommendedSeconds} in the verification, or what is no more than three times that`,
  presupposes: ['verification/has-each-parameter-once'],
  async run({ subscribed }) {
    const { verification } = await subscribed()
    const seconds = leaseTold(verification)
    const found = `hub.lease_seconds=${seconds}, ${Math.round(seconds / 86_400)} days`
    expect(seconds <= shortSeconds, { expected: 'a lease of some days', found }, verification)
    return observed(`its own lease is ${seconds} s`)
  },
}

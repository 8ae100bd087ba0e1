import { type Claim, observed } from '../../claim.ts'
import { leaseTold } from '../../leases.ts'

const askedSeconds = 7200

export const claim: Claim = {
  rows: ['LEASE-05'],
  level: 'MAY',
  section: '5.3.1',
  title: 'A subscriber may be granted the lease it asks for',
  sends: `a subscription request with hub.lease_seconds=${askedSeconds}`,
  expects: 'a lease of any length: the verification tells it',
  presupposes: ['verification/has-each-parameter-once'],
  async run({ subscribed }) {
    const { verification } = await subscribed({ fields: { 'hub.lease_seconds': String(askedSeconds) } })
    const granted = leaseTold(verification)
    return observed(granted === askedSeconds ? 'it grants what is asked for' : `it grants ${granted} s instead`)
  },
}

import { type Claim, expect, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-26'],
  level: 'MAY',
  section: '5.3',
  title: 'The verification of an unsubscription may carry hub.lease_seconds',
  sends: 'an unsubscription',
  expects: 'none, or a whole number',
  presupposes: ['unsubscription/is-verified'],
  async run({ subscribed, unsubscribed }) {
    const verification = await unsubscribed(await subscribed())
    const lease = parameter(verification, 'hub.lease_seconds')
    const fine = lease === undefined || /^\d+$/.test(lease)
    expect(fine, { expected: 'no hub.lease_seconds, or a whole number', found: `'${lease}'` }, verification)
    return observed(lease === undefined ? 'it leaves hub.lease_seconds out' : `it sends hub.lease_seconds=${lease}`)
  },
}

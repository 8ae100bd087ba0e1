import type { Claim } from '../../claim.ts'
import { endingLease, passEnd } from '../../leases.ts'

const askedSeconds = 1

export const claim: Claim = {
  rows: ['LEASE-13'],
  level: 'hardening',
  section: '5.3.1',
  title: 'The end of a lease is no denial: the subscriber knows when it ends',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}; nothing until it has ended`,
  expects: 'no hub.mode=denied at the callback',
  presupposes: ['lease/ends'],
  async run(context) {
    const ending = await endingLease(context, askedSeconds)
    await passEnd(context, ending)
    await context.stays(() => ending.callback.denials.length === 0, {
      expected: 'no hub.mode=denied',
      found: () => 'one',
    })
  },
}

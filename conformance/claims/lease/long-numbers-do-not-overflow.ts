import { type Claim, expect } from '../../claim.ts'
import { askLease } from '../../leases.ts'

const decade = '315360000'
const longer = ['2147483648', '4294967297', '18446744073709551617', '1'.repeat(30), '9'.repeat(400)]

export const claim: Claim = {
  rows: ['LEASE-08'],
  level: 'hardening',
  section: '5.1',
  title: 'hub.lease_seconds of many digits is granted up to the limit, or refused, and overflows nothing',
  sends: `subscription requests with hub.lease_seconds of ${decade}, and of ${longer.map((word) => (word.length > 40 ? `${word.length} digits` : word)).join(', ')}`,
  expects: 'no smaller lease for a larger number; or a 4xx',
  presupposes: ['lease/always-has-an-end', 'lease/takes-what-clients-ask-for', 'subscription/errors-are-the-clients'],
  async run(context) {
    const { granted: least = 0 } = await askLease(context, decade)
    await Promise.all(
      longer.map(async (word) => {
        const { answer, granted = least } = await askLease(context, word)
        const expected = `at least the ${least} s that ${decade} brings, for ${word.slice(0, 30)}`
        expect(granted >= least, { expected, found: `${granted}` }, answer)
      }),
    )
  },
}

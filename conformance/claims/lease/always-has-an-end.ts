import { type Claim, expect } from '../../claim.ts'
import { askLease } from '../../leases.ts'

const asked = '9999999999'

export const claim: Claim = {
  rows: ['LEASE-03'],
  level: 'MUST',
  section: '5.3.1',
  title: 'No lease is perpetual: what is asked for is granted up to a limit',
  sends: `a subscription request with hub.lease_seconds=${asked}, which is 317 years`,
  expects: 'a verification with a smaller hub.lease_seconds, or a 4xx',
  presupposes: ['verification/has-each-parameter-once', 'subscription/errors-are-the-clients'],
  async run(context) {
    const { granted = 0, answer } = await askLease(context, asked)
    expect(granted < Number(asked), { expected: 'a smaller hub.lease_seconds', found: String(granted) }, answer)
  },
}

import { type Claim, expect } from '../../claim.ts'
import { normalized } from '../../exactness.ts'

const suffix = '/CB/%7Eu/a%2Fb;p?x=%20y+z'

export const claim: Claim = {
  rows: ['VER-08'],
  level: 'MUST',
  section: '8.3',
  title: 'The callback is called as it was given: no path lower-cased, no reserved character encoded or decoded',
  sends: `a subscription request whose callback ends in ${suffix}`,
  expects: 'a request-target with this, or with %7E decoded, as §5.1.1 has it',
  presupposes: ['verification/keeps-the-callbacks-query'],
  async run({ callback, subscribed }) {
    const { verification } = await subscribed({ callback: callback({ suffix }) })
    const found = verification.target
    const given = `${normalized(suffix)}&hub.`
    expect(normalized(found).includes(given), { expected: `a target with ${suffix}&hub.`, found }, verification)
  },
}

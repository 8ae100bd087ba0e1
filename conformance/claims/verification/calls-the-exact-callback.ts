import { type Claim, expect } from '../../claim.ts'

const suffix = '/CB/%7Eu/a%2Fb;p?x=%20y+z'

export const claim: Claim = {
  rows: ['VER-08'],
  level: 'MUST',
  section: '8.3',
  title: 'The callback is called as it was given: no path lower-cased, nothing encoded anew',
  sends: `a subscription request whose callback ends in ${suffix}`,
  expects: 'a request-target with exactly these bytes',
  presupposes: ['verification/keeps-the-callbacks-query'],
  async run({ callback, subscribed }) {
    const { verification } = await subscribed({ callback: callback({ suffix }) })
    const found = verification.target
    expect(found.includes(`${suffix}&hub.`), { expected: `a target with ${suffix}&hub.`, found }, verification)
  },
}

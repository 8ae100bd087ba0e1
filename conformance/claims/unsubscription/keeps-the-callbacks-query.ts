import { type Claim, expect } from '../../claim.ts'

const suffix = '?foo=bar&red=fish&xhub.subscription=a%20b+c'

export const claim: Claim = {
  rows: ['VER-06', 'UNS-01'],
  level: 'MUST',
  section: '5.1.1',
  title: 'The verification of an unsubscription keeps the callback’s own query in front, as it is',
  sends: `an unsubscription of a callback that ends in ${suffix}`,
  expects: 'a request-target with exactly this, then &hub.',
  presupposes: ['verification/keeps-the-callbacks-query', 'unsubscription/is-verified'],
  async run({ callback, subscribed, unsubscribed }) {
    const verification = await unsubscribed(await subscribed({ callback: callback({ suffix }) }))
    const expected = `${suffix.slice(1)}&hub.`
    const found = verification.query
    expect(found.startsWith(expected), { expected: `a query that begins with ${expected}`, found }, verification)
  },
}

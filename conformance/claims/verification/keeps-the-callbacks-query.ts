import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-06', 'SUB-25', 'PSH-07'],
  level: 'MUST',
  section: '5.1.1',
  title: 'The callback’s own query stays in front as it is, and the hub’s parameters are appended',
  sends: 'a subscription request whose callback has the query foo=bar&red=fish&xhub.subscription=a%20b+c',
  expects: 'a request-target that begins with exactly the callback’s, then &hub.',
  presupposes: ['subscription/is-verified'],
  async run({ callback, subscribed }) {
    const suffix = '?foo=bar&red=fish&xhub.subscription=a%20b+c'
    const { verification } = await subscribed({ callback: callback({ suffix }) })
    const kept = verification.query.startsWith(`${suffix.slice(1)}&hub.`)
    expect(
      kept,
      { expected: `a query that begins with ${suffix.slice(1)}&hub.`, found: verification.query },
      verification,
    )
  },
}

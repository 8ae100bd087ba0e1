import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-06'],
  level: 'MUST',
  section: '5.1.1',
  title: 'A parameter of the callback’s own that is named hub.challenge is not overwritten',
  sends: 'a subscription request whose callback has the query hub.challenge=x&z=y&a=b',
  expects: 'that query, unchanged, and a hub.challenge of the hub’s own behind it',
  presupposes: ['verification/keeps-the-callbacks-query'],
  async run({ callback, subscribed }) {
    const own = 'hub.challenge=x&z=y&a=b'
    const { verification } = await subscribed({ callback: callback({ suffix: `?${own}` }) })
    const found = verification.query
    expect(found.startsWith(`${own}&hub.`), { expected: `a query that begins with ${own}&hub.`, found }, verification)
    expect(challengeOf(verification) !== 'x', { expected: 'a second hub.challenge', found }, verification)
  },
}

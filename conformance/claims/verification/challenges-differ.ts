import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

const count = 20

export const claim: Claim = {
  rows: ['VER-05', 'SEC-06', 'SUB-17'],
  level: 'SHOULD',
  section: '8.2',
  title: 'Every verification has a challenge of its own',
  sends: `${count} subscription requests, and one of them once more when it was confirmed`,
  expects: `${count + 1} different challenges`,
  presupposes: ['subscription/is-verified', 'subscription/can-be-repeated'],
  async run({ subscribed, topic }) {
    const one = topic()
    const all = await Promise.all(Array.from({ length: count }, () => subscribed({ topic: one })))
    const again = await subscribed(all[0])
    const distinct = new Set([...all, again].map(({ verification }) => challengeOf(verification)))
    const wanted = count + 1
    expect(distinct.size === wanted, { expected: `${wanted} different challenges`, found: `${distinct.size}` })
  },
}

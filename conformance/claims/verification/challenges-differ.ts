import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

const count = 20

export const claim: Claim = {
  rows: ['VER-05', 'SEC-06'],
  level: 'SHOULD',
  section: '8.2',
  title: 'Every verification has a challenge of its own',
  sends: `${count} subscription requests`,
  expects: `${count} different challenges`,
  presupposes: ['subscription/is-verified', 'subscription/can-be-repeated'],
  async run({ subscribed, topic }) {
    const one = topic()
    const all = await Promise.all(Array.from({ length: count }, () => subscribed({ topic: one })))
    const distinct = new Set(all.map(({ verification }) => challengeOf(verification)))
    expect(distinct.size === count, { expected: `${count} different challenges`, found: `${distinct.size}` })
  },
}

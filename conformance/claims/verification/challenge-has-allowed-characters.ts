import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-04'],
  level: 'MUST',
  section: '5.3',
  title: 'hub.challenge is made of letters, digits and + - . / = _ alone',
  sends: 'three subscription requests',
  expects: 'three challenges of these characters',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const subscriptions = await Promise.all([subscribed(), subscribed(), subscribed()])
    for (const { verification } of subscriptions) {
      const found = challengeOf(verification)
      expect(/^[A-Za-z0-9+\-./=_]+$/.test(found), { expected: 'only these characters', found }, verification)
    }
  },
}

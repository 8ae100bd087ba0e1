import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-17', 'PEER-21'],
  level: 'compat',
  section: '5.1.2',
  title: 'The verification comes after the 202: many subscribers note their request only then',
  sends: 'five subscription requests',
  expects: 'each verification after the answer was read',
  presupposes: ['subscription/answers-before-it-asks'],
  async run({ subscribed }) {
    for (let request = 0; request < 5; request++) {
      const { answer, verification } = await subscribed()
      const aheadMs = answer.exchange.atMs + answer.tookMs - verification.atMs
      const found = `it ${aheadMs.toFixed(0)} ms before`
      expect(aheadMs <= 0, { expected: 'the verification after the answer', found }, answer, verification)
    }
  },
}

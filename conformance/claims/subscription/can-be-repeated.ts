import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['SUB-17'],
  level: 'MUST',
  section: '5.1',
  title: 'A subscription that runs can be asked for again, and is verified again',
  sends: 'a subscription request, then, once it was confirmed, the same request',
  expects: 'a 2xx and a verification each time, with another challenge',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const first = await subscribed()
    const second = await subscribed(first)
    const challenge = challengeOf(first.verification)
    expect(
      challenge !== challengeOf(second.verification),
      { expected: 'another challenge the second time', found: `${challenge} again` },
      second.verification,
    )
  },
}

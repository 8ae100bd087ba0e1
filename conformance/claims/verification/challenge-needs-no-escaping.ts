import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-04'],
  level: 'hardening',
  section: '5.3',
  title: 'hub.challenge is the same however a subscriber decodes it: letters, digits, - and _, 16 to 128 of them',
  sends: 'a subscription request',
  expects: 'a challenge without + / = and escapes, neither guessable nor too long for a subscriber',
  presupposes: ['verification/challenge-has-allowed-characters'],
  async run({ subscribed }) {
    const { verification } = await subscribed()
    const found = challengeOf(verification)
    expect(/^[A-Za-z0-9_-]{16,128}$/.test(found), { expected: '16 to 128 of [A-Za-z0-9_-]', found }, verification)
  },
}

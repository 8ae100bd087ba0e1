import { expectUnconfirmed } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { type Answerer, challengeOf, echo } from '../../peers.ts'

const unusable: Readonly<Record<string, Answerer>> = {
  'reset the connection': { fault: 'reset' },
  'closed it without a word': { raw: '' },
  'closed it in the middle of the challenge': (arrival) => ({ ...echo(arrival), fault: 'truncate' }),
  'answered in no HTTP': (arrival) => ({ raw: challengeOf(arrival) }),
}

export const claim: Claim = {
  rows: ['VER-12', 'VER-13'],
  level: 'MUST*',
  section: '5.3.1',
  title: 'A verification that gets no answer confirms nothing',
  sends: `subscriptions whose callbacks, when asked, ${Object.keys(unusable).join(', or ')}; then a ping`,
  expects: 'no delivery to any of them, while a subscriber that confirmed gets one',
  presupposes: ['verification/only-2xx-confirms', 'verification/only-the-challenge-confirms'],
  async run(context) {
    await expectUnconfirmed(context, unusable)
  },
}

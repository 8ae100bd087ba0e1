import { expectUnconfirmed } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-09', 'VER-13'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A 204 confirms nothing, since it cannot hold the challenge',
  sends: 'a subscription whose callback answers 204; then a ping',
  expects: 'no delivery to it, while a subscriber that confirmed gets one',
  presupposes: [
    'publishing/is-delivered',
    'verification/only-2xx-confirms',
    'verification/only-the-challenge-confirms',
  ],
  async run(context) {
    await expectUnconfirmed(context, { 'answered 204': { status: 204 } })
  },
}

import { expectUnconfirmed } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { type Answerer, challengeOf } from '../../peers.ts'

const wrong: Readonly<Record<string, Answerer>> = {
  'answered nothing': () => ({ body: '' }),
  'answered something else': () => ({ body: 'something else' }),
  'left out the last character': (arrival) => ({ body: challengeOf(arrival).slice(0, -1) }),
  'added a word': (arrival) => ({ body: `${challengeOf(arrival)} and more` }),
  'put a word in front': (arrival) => ({ body: `challenge: ${challengeOf(arrival)}` }),
  'wrote it in the other case': (arrival) => ({ body: otherCase(challengeOf(arrival)) }),
  'put it in quotes': (arrival) => ({ body: JSON.stringify({ 'hub.challenge': challengeOf(arrival) }) }),
}

export const claim: Claim = {
  rows: ['VER-13'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A 2xx whose body is not the challenge confirms nothing',
  sends: `subscriptions whose callbacks answered 200 but ${Object.keys(wrong).join(', ')}; then a ping`,
  expects: 'no delivery to any of them, while a subscriber that confirmed gets one',
  presupposes: ['publishing/is-delivered', 'verification/only-2xx-confirms'],
  async run(context) {
    await expectUnconfirmed(context, wrong)
  },
}

/** Of a challenge without letters, something else. */
function otherCase(challenge: string): string {
  const turned = challenge.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
  return turned === challenge ? 'something else' : turned
}

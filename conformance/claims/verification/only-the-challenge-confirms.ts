import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

const wrong: Readonly<Record<string, (challenge: string) => string>> = {
  'answered nothing': () => '',
  'answered something else': () => 'something else',
  'left out the last character': (challenge) => challenge.slice(0, -1),
  'added a word': (challenge) => `${challenge} and more`,
  'put a word in front': (challenge) => `challenge: ${challenge}`,
  'wrote it in the other case': otherCase,
  'put it in quotes': (challenge) => JSON.stringify({ 'hub.challenge': challenge }),
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
    const topic = context.topic()
    const silent = Object.entries(wrong).map(([what, body]) => {
      const callback = context.callback()
      callback.onVerification((arrival) => ({ body: body(challengeOf(arrival)) }))
      return { callback, whom: `the callback that ${what}` }
    })
    await Promise.all(
      silent.map(async ({ callback }) => {
        await context.subscribe(topic, callback)
        await context.noted(await callback.verification())
      }),
    )
    await expectNoDelivery(context, topic, silent)
  },
}

/** Of a challenge without letters, something else. */
function otherCase(challenge: string): string {
  const turned = challenge.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
  return turned === challenge ? 'something else' : turned
}

import { type Claim, expect, observed } from '../../claim.ts'
import { challengeOf, echo } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-19'],
  level: 'MAY',
  section: '5.3.1',
  title: 'A verification that got a 503 may be tried again, with another challenge',
  sends: 'a subscription whose callback answers 503 once and then echoes',
  expects: 'either; what is tried again has a challenge of its own',
  presupposes: ['subscription/is-verified', 'verification/challenges-differ'],
  async run({ subscribe, topic, callback, knobs, timing, now, stays }) {
    const subscriber = callback()
    subscriber.onVerification((arrival, before) => (before === 0 ? { status: 503 } : echo(arrival)))
    await subscribe(topic(), subscriber)
    const first = await subscriber.verification()
    const [beganAtMs, forMs] = [now(), knobs.verifyRetryWithinMs ?? timing.quietMs]
    await Promise.race([
      subscriber.verification().catch(() => {}),
      stays(() => true, { expected: 'time for another', forMs }),
    ])
    const second = subscriber.verifications[1]
    if (second === undefined)
      return observed(`it did not ask again within ${((now() - beganAtMs) / 1000).toFixed(1)} s`)
    const challenge = challengeOf(first)
    expect(
      challengeOf(second) !== challenge,
      { expected: 'another challenge', found: `${challenge} again` },
      first,
      second,
    )
    return observed(`it asked again after ${((second.atMs - first.atMs) / 1000).toFixed(2)} s`)
  },
}

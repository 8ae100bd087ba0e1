import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-27'],
  level: 'hardening',
  section: '5.1',
  title: 'hub.topic given twice is refused, or one of the two is taken; never are they two subscriptions',
  sends: 'a subscription request with two different hub.topic',
  expects: 'a 4xx and no verification, or exactly one verification',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients', 'verification/is-not-repeated'],
  async run({ subscribe, topic, callback, stays }) {
    const subscriber = callback()
    const answer = await subscribe(topic(), subscriber, { 'hub.topic': topic().url })
    if (!isSuccess(answer)) expectRefused(answer, 'hub.topic given twice')
    else await subscriber.verification()
    const wanted = isSuccess(answer) ? 1 : 0
    await stays(() => subscriber.verifications.length <= wanted, {
      expected: wanted === 1 ? 'one verification' : 'no verification after a refusal',
      found: () => `${subscriber.verifications.length}`,
    })
  },
}

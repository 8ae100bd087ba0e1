import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-19'],
  level: 'hardening',
  section: '5.3.1',
  title: 'A subscriber that said no, by a 404 or by another body, is not asked again',
  sends: 'subscription requests of which one callback answers 404 and one something that is not the challenge',
  expects: 'one verification each',
  presupposes: ['subscription/is-verified', 'verification/is-not-repeated'],
  async run({ subscribe, topic, callback, noted, stays }) {
    await Promise.all(
      [{ status: 404 }, { body: 'no' }].map(async (answer) => {
        const subscriber = callback()
        subscriber.onVerification(answer)
        await subscribe(topic(), subscriber)
        await noted(await subscriber.verification())
        await stays(() => subscriber.verifications.length === 1, {
          expected: 'one verification',
          found: () => `${subscriber.verifications.length}`,
        })
      }),
    )
  },
}

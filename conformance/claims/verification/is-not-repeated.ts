import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PSH-15'],
  level: 'compat',
  section: '5.3.1',
  title: 'A request that was confirmed is not verified again: some subscribers confirm each request once',
  sends: 'a subscription request that is confirmed',
  expects: 'one verification',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, stays }) {
    const { callback } = await subscribed()
    await stays(() => callback.verifications.length === 1, {
      expected: 'one verification',
      found: () => `${callback.verifications.length}`,
    })
  },
}

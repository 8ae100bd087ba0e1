import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-20'],
  level: 'hardening',
  section: '5.2',
  title: 'A verification that failed is not followed by a denial: nobody was refused',
  sends: 'a subscription request that the callback answers with 404',
  expects: 'no further request to the callback',
  presupposes: ['subscription/is-verified'],
  async run({ subscribe, topic, callback, noted, stays }) {
    const subscriber = callback()
    subscriber.onVerification({ status: 404 })
    await subscribe(topic(), subscriber)
    await noted(await subscriber.verification())
    await stays(() => subscriber.denials.length === 0, { expected: 'no hub.mode=denied', found: () => 'one' })
  },
}

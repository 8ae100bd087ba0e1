import { type Claim, expect } from '../../claim.ts'

const suffix = '/%7euser/./%c3%A9?'

export const claim: Claim = {
  rows: ['VER-08', 'DIST-11'],
  level: 'compat',
  section: '8.3',
  title: 'The callback is called byte for byte, not by a URL that is only equivalent: some routers tell these apart',
  sends: `a subscription whose callback ends in ${suffix}, and a ping`,
  expects: 'a verification and a delivery whose request-target begins with exactly these bytes',
  presupposes: ['distribution/goes-to-the-callback-as-given', 'verification/calls-the-exact-callback'],
  async run({ callback, subscribed, publish }) {
    const { topic, callback: subscriber, verification } = await subscribed({ callback: callback({ suffix }) })
    await publish(topic)
    const given = new URL(subscriber.url).origin
    for (const arrival of [verification, await subscriber.delivery()]) {
      const found = `${given}${arrival.target}`
      expect(found.startsWith(subscriber.url), { expected: `a target with ${suffix}`, found }, arrival)
    }
  },
}

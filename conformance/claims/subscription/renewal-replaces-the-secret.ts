import { expectSigned, expectUnsigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-20'],
  level: 'MUST*',
  section: '5.1',
  title: 'A confirmed renewal brings its own secret, or none',
  sends: 'a subscription with one secret; confirmed renewals with another, then without; a ping after each',
  expects: 'a delivery signed with the second secret, then one that is not signed',
  presupposes: ['subscription/repeated-is-one-subscription', 'signing/verifies', 'signing/only-with-a-secret'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'the first secret' } })
    await subscribed({ topic, callback, fields: { 'hub.secret': 'the second secret' } })
    await publish(topic)
    expectSigned(await callback.delivery(), 'the second secret', 'the second secret')
    await subscribed({ topic, callback })
    await publish(topic)
    expectUnsigned(await callback.delivery(), 'the last renewal had no secret')
  },
}

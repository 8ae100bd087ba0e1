import { expectSigned, expectUnsigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-12'],
  level: 'MUST*',
  section: '7.1',
  title: 'Each subscriber of a topic gets a signature with its own secret',
  sends: 'three subscriptions to one topic: with one secret, with another, and with none; then a ping',
  expects: 'a signature with the first, one with the second, and none',
  presupposes: ['signing/verifies', 'signing/only-with-a-secret', 'distribution/reaches-each-subscription'],
  async run({ topic, subscribed, publish }) {
    const publisher = topic()
    const first = await subscribed({ topic: publisher, fields: { 'hub.secret': 'of the first' } })
    const second = await subscribed({ topic: publisher, fields: { 'hub.secret': 'of the second' } })
    const third = await subscribed({ topic: publisher })
    await publish(publisher)
    expectSigned(await first.callback.delivery(), 'of the first', 'its own secret')
    expectSigned(await second.callback.delivery(), 'of the second', 'its own secret')
    expectUnsigned(await third.callback.delivery(), 'it gave no secret')
  },
}

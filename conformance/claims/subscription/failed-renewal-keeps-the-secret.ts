import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-19', 'VER-14'],
  level: 'MUST',
  section: '5.1',
  title: 'A renewal that was not confirmed leaves the subscription as it was',
  sends: 'a subscription with one secret, confirmed; the same with another secret, answered with 404; a ping',
  expects: 'a delivery signed with the first secret',
  presupposes: ['subscription/can-be-repeated', 'signing/verifies', 'verification/only-2xx-confirms'],
  async run({ subscribed, subscribe, noted, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'the first secret' } })
    callback.onVerification({ status: 404 })
    await subscribe(topic, callback, { 'hub.secret': 'the second secret' })
    await noted(await callback.verification())
    await publish(topic)
    expectSigned(await callback.delivery(), 'the first secret', 'the first secret')
  },
}

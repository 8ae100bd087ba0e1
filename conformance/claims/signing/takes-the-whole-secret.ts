import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

/** 199 bytes, the most there may be: 100101102… */
const secret = Array.from({ length: 70 }, (_, at) => 100 + at)
  .join('')
  .slice(0, 199)

export const claim: Claim = {
  rows: ['SIG-05', 'SUB-13'],
  level: 'MUST',
  section: '5.1, 7.1',
  title: 'The key of a signature is the whole secret, as long as one may be',
  sends: `a subscription with a hub.secret of ${secret.length} bytes, then a ping`,
  expects: 'a signature whose key is all of it',
  presupposes: ['signing/verifies', 'subscription/limits-the-secret'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': secret } })
    await publish(topic)
    expectSigned(await callback.delivery(), secret, `all ${secret.length} bytes of the secret`)
  },
}

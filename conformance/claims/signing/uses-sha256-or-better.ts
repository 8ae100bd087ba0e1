import { signedWith } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-07'],
  level: 'SHOULD',
  section: '8.3',
  title: 'Signatures are made with SHA-256 or better',
  sends: 'a subscription with hub.secret, then a ping',
  expects: 'a signature whose method is sha256, sha384 or sha512; which one is noted',
  presupposes: ['signing/is-one'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
    await publish(topic)
    const delivery = await callback.delivery()
    const signature = signedWith(delivery, 'k3fj2m9x7q1z8v5t4w6y')
    const found = 'method' in signature ? signature.method.toLowerCase() : signature.wrong
    expect(/^sha(256|384|512)$/.test(found), { expected: 'sha256, sha384 or sha512', found }, delivery)
    return observed(found)
  },
}

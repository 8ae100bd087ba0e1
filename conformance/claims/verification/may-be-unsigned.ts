import { type Claim, observed } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['VER-22', 'SIG-11'],
  level: 'MAY',
  section: '7.1',
  title: 'A verification needs no signature',
  sends: 'a subscription request with hub.secret',
  expects: 'either',
  presupposes: ['subscription/accepts-a-secret'],
  async run({ subscribed }) {
    const { verification } = await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
    const signature = headerValue(verification.headers, 'X-Hub-Signature')
    return observed(
      signature === undefined ? 'it does not sign verifications' : `it sends X-Hub-Signature: ${signature}`,
    )
  },
}

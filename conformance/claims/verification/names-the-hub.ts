import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['VER-23', 'PEER-22'],
  level: 'hardening',
  section: '5.3',
  title: 'A verification has a User-Agent, without which some gateways turn it away, and accepts any type',
  sends: 'an ordinary subscription request',
  expects: 'a User-Agent, and no Accept but */*',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const { verification } = await subscribed()
    const agent = headerValue(verification.headers, 'User-Agent') ?? ''
    expect(agent !== '', { expected: 'a User-Agent', found: 'none' }, verification)
    const accept = headerValue(verification.headers, 'Accept') ?? '*/*'
    expect(accept.includes('*/*'), { expected: 'Accept: */*', found: `Accept: ${accept}` }, verification)
  },
}

import { type Claim, expect } from '../../claim.ts'
import { parameters } from '../../peers.ts'

export const claim: Claim = {
  rows: ['SUB-04'],
  level: 'MUST',
  section: '5.1',
  title: 'Parameters it does not know are ignored, those that begin with hub. too',
  sends: 'foo=bar and hub.foo=hub.bar with an ordinary subscription request',
  expects: 'a 2xx, then a verification of intent that holds neither',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const unknown = { foo: 'bar', 'hub.foo': 'hub.bar' }
    const { verification } = await subscribed({ fields: unknown })
    expect(
      Object.keys(unknown).every((name) => parameters(verification, name).length === 0),
      { expected: 'neither of them in the verification', found: verification.query },
      verification,
    )
  },
}

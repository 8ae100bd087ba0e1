import { type Claim, expect } from '../../claim.ts'

const secret = 'k3fj2m9x7q1z8v5t4w6y'

export const claim: Claim = {
  rows: ['VER-21'],
  level: 'MUST*',
  section: '5.3',
  title: 'A verification has no body, and hub.secret is nowhere in it',
  sends: `a subscription request with hub.secret=${secret}`,
  expects: 'an empty body, and neither target nor headers with the secret',
  presupposes: ['subscription/accepts-a-secret'],
  async run({ subscribed }) {
    const { verification } = await subscribed({ fields: { 'hub.secret': secret } })
    const { target, headers, body } = verification
    expect(body.length === 0, { expected: 'no body', found: `${body.length} bytes` }, verification)
    const leaked = [target, ...headers.flat()].find((text) => text.includes(secret) || text.includes('hub.secret'))
    expect(leaked === undefined, { expected: 'no trace of hub.secret', found: leaked ?? '' }, verification)
  },
}

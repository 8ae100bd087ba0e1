import { isSuccess } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import { askLease } from '../../leases.ts'

const words = ['0', '-1', '1.5', '1e6', 'abc', '+60', '0x10', ' 60']

export const claim: Claim = {
  rows: ['LEASE-07'],
  level: 'hardening',
  section: '5.1',
  title: 'hub.lease_seconds that is no positive whole number is refused, or a proper lease is granted',
  sends: `subscription requests with hub.lease_seconds of ${words.map((word) => `'${word}'`).join(', ')}`,
  expects: 'a 4xx that names hub.lease_seconds, or a verification with a positive whole number',
  presupposes: [
    'verification/has-each-parameter-once',
    'subscription/errors-are-the-clients',
    'subscription/errors-help',
  ],
  async run(context) {
    await Promise.all(
      words.map(async (word) => {
        const { answer } = await askLease(context, word)
        const helps = isSuccess(answer) || answer.text.includes('hub.lease_seconds')
        const found = `'${answer.text.trim().slice(0, 200)}'`
        expect(helps, { expected: `a refusal of '${word}' that names hub.lease_seconds`, found }, answer)
      }),
    )
  },
}

import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DISC-10'],
  level: 'hardening',
  section: '5.1',
  title: 'Whoever opens the hub URL in a browser sees a page, or 405 with Allow: POST',
  sends: 'a GET',
  expects: 'a status below 500; with 405 an Allow header that names POST (RFC 9110 §15.5.6)',
  presupposes: ['subscription/errors-are-the-clients'],
  async run({ send }) {
    const answer = await send({ what: 'GET', method: 'GET', headers: [['Accept', 'text/html']] })
    expect(answer.status < 500, { expected: 'a status below 500', found: `status ${answer.status}` }, answer)
    if (answer.status !== 405) return
    const found = headerValue(answer.headers, 'Allow') ?? 'no Allow'
    expect(/\bPOST\b/.test(found), { expected: 'Allow: POST with a 405', found }, answer)
  },
}

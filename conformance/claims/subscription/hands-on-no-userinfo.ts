import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['SUB-33'],
  level: 'hardening',
  section: '5.1.1',
  title: 'User and password in a callback are refused, or not sent',
  sends: 'a subscription request whose callback is http://user:password@…',
  expects: 'a 4xx, or a verification without Authorization and without them in its request-target',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback }) {
    const subscriber = callback()
    const answer = await subscribe(topic(), subscriber.url.replace('://', '://user:password@'))
    if (!isSuccess(answer)) {
      expectRefused(answer, 'a callback with user and password')
      return
    }
    const verification = await subscriber.verification()
    const sent = headerValue(verification.headers, 'Authorization')
    const found = sent === undefined ? verification.target : `Authorization: ${sent}`
    const clean = sent === undefined && !verification.target.includes('user:password')
    expect(clean, { expected: 'neither user nor password', found }, verification)
  },
}

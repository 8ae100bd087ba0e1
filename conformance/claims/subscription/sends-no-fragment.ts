import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-32'],
  level: 'hardening',
  section: '0.3 §6.1.1',
  title: 'A callback with a fragment is refused, or called without it',
  sends: 'a subscription request whose callback ends in #part',
  expects: 'a 4xx, or a verification whose request-target has no #',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback }) {
    const subscriber = callback()
    const answer = await subscribe(topic(), `${subscriber.url}#part`)
    if (!isSuccess(answer)) {
      expectRefused(answer, 'a callback with a fragment')
      return
    }
    const verification = await subscriber.verification()
    const wrong = /#|%23|part/.test(verification.target)
    expect(!wrong, { expected: 'a request-target without the fragment', found: verification.target }, verification)
  },
}

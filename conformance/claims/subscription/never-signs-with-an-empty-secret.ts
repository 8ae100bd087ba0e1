import { isSuccess } from '../../asking.ts'
import { expectRefused, expectUnsigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-14'],
  level: 'hardening',
  section: '5.1',
  title: 'An empty hub.secret is no secret: it is refused, or nothing is signed',
  sends: 'an ordinary subscription request with hub.secret= and, if it is accepted, a ping',
  expects: 'a 4xx, or a delivery without X-Hub-Signature',
  presupposes: ['publishing/is-delivered', 'subscription/accepts-a-secret', 'signing/only-with-a-secret'],
  async run({ subscribe, topic, callback, noted, publish }) {
    const [publisher, subscriber] = [topic(), callback()]
    const answer = await subscribe(publisher, subscriber, { 'hub.secret': '' })
    if (!isSuccess(answer)) {
      expectRefused(answer, 'an empty hub.secret')
      return
    }
    await noted(await subscriber.verification())
    await publish(publisher)
    expectUnsigned(await subscriber.delivery(), 'the secret was empty')
  },
}

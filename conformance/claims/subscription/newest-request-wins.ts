import { isSuccess } from '../../asking.ts'
import { expectSigned } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-22'],
  level: 'hardening',
  section: '5.1',
  title: 'Of two requests sent one after the other, the later one is in force once both were confirmed',
  sends: 'two requests for one subscription with different secrets, the second at once after the first; then a ping',
  expects: 'a delivery signed with the second secret',
  presupposes: ['subscription/renewal-replaces-the-secret'],
  async run({ topic, callback, subscribe, stays, noted, publish }) {
    const [publisher, subscriber] = [topic(), callback()]
    const first = await subscribe(publisher, subscriber, { 'hub.secret': 'the first secret' })
    const second = await subscribe(publisher, subscriber, { 'hub.secret': 'the second secret' })
    expect(isSuccess(first) && isSuccess(second), {
      expected: 'a 2xx for both',
      found: `${first.status}, ${second.status}`,
    })
    await subscriber.verification()
    await stays(() => true, { expected: 'time for a second verification' })
    await Promise.all(subscriber.verifications.map(noted))
    await publish(publisher)
    expectSigned(await subscriber.delivery(), 'the second secret', 'the second secret')
  },
}

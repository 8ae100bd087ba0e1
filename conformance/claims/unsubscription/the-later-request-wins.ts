import { isSuccess } from '../../asking.ts'
import { expectNoDelivery } from '../../checks.ts'
import { type Claim, expect, skip } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-11'],
  level: 'hardening',
  section: '5.1',
  title: 'A subscription and, at once after it, its unsubscription: once both were confirmed, there is none',
  sends: 'a subscription request and, as soon as it is answered, the unsubscription; each is confirmed; a ping',
  expects: 'no delivery, while a subscriber of the same topic gets one',
  presupposes: [
    'unsubscription/ends-deliveries',
    'unsubscription/unknown-is-no-error',
    'subscription/newest-request-wins',
  ],
  async run(context) {
    const [topic, callback] = [context.topic(), context.callback()]
    const first = await context.subscribe(topic, callback)
    const second = await context.unsubscribe(topic, callback)
    if (second.status >= 400 && second.status < 500) skip('it refuses to end what was not confirmed yet')
    const found = `${first.status}, ${second.status}`
    expect(isSuccess(first) && isSuccess(second), { expected: 'a 2xx for both', found }, first, second)
    await context.noted(await callback.verification('unsubscribe'))
    await context.stays(() => true, { expected: 'time for a late verification' })
    await Promise.all(callback.verifications.map(context.noted))
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that unsubscribed last' }])
  },
}

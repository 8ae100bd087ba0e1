import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DIST-14'],
  level: 'MUST*',
  section: '5.1',
  title: 'While a verification is not answered yet nothing is delivered to its callback',
  sends: 'a subscription request whose verification is left open; a ping',
  expects: 'no delivery to it, while a subscriber that confirmed gets one',
  presupposes: ['verification/waits-for-nobody', 'publishing/is-delivered', 'verification/only-2xx-confirms'],
  holds: true,
  async run(context) {
    const [topic, callback] = [context.topic(), context.callback()]
    callback.onVerification({ fault: 'hang' })
    await context.subscribe(topic, callback)
    await callback.verification()
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that has not answered yet' }])
  },
}

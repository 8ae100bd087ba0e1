import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-09', 'VER-13'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A 204 confirms nothing, since it cannot hold the challenge',
  sends: 'a subscription whose callback answers 204; then a ping',
  expects: 'no delivery to it, while a subscriber that confirmed gets one',
  presupposes: [
    'publishing/is-delivered',
    'verification/only-2xx-confirms',
    'verification/only-the-challenge-confirms',
  ],
  async run(context) {
    const topic = context.topic()
    const callback = context.callback()
    callback.onVerification({ status: 204 })
    await context.subscribe(topic, callback)
    await context.noted(await callback.verification())
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that answered 204' }])
  },
}

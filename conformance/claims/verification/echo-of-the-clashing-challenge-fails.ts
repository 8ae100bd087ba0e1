import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-06'],
  level: 'MUST',
  section: '5.1.1, 5.3.1',
  title: 'Only the hub’s own challenge confirms, not what the callback’s query holds under that name',
  sends: 'a subscription whose callback has hub.challenge=x in its query and answers x; then a ping',
  expects: 'no delivery to it, while a subscriber that confirmed gets one',
  presupposes: ['verification/keeps-clashing-parameters', 'verification/only-the-challenge-confirms'],
  async run(context) {
    const topic = context.topic()
    const callback = context.callback({ suffix: '?hub.challenge=x' })
    callback.onVerification({ body: 'x' })
    await context.subscribe(topic, callback)
    await context.noted(await callback.verification())
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that echoed its own parameter' }])
  },
}

import { expectAccepted, expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-07'],
  level: 'hardening',
  section: '5.1',
  title: 'hub.secret in an unsubscription is ignored: who confirms may unsubscribe without it, and with another',
  sends: 'a subscription with hub.secret; its unsubscription with another, which is confirmed; a ping',
  expects: 'a 2xx and a verification; then no delivery, while a subscriber of the same topic gets one',
  presupposes: ['unsubscription/ends-deliveries', 'subscription/accepts-a-secret'],
  async run(context) {
    const { topic, callback } = await context.subscribed({ fields: { 'hub.secret': 'the right secret' } })
    const answer = await context.unsubscribe(topic, callback, { 'hub.secret': 'a wrong secret' })
    expectAccepted(answer, 'an unsubscription with another hub.secret')
    await context.noted(await callback.verification('unsubscribe'))
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that unsubscribed' }])
  },
}

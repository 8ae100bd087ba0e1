import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-02', 'DIST-14'],
  level: 'MUST*',
  section: '5',
  title: 'After a confirmed unsubscription nothing is delivered any more',
  sends: 'an unsubscription that is confirmed, then a ping',
  expects: 'no delivery, while a subscriber of the same topic gets one',
  presupposes: ['unsubscription/is-verified', 'publishing/is-delivered'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    await context.unsubscribed({ topic, callback })
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that unsubscribed' }])
  },
}

import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-05'],
  level: 'MUST*',
  section: '1, 5.1',
  title: 'An unsubscription ends its own topic and callback alone',
  sends:
    'a callback subscribed to two topics, a second callback to the first; the first callback leaves the first topic; a ping each',
  expects: 'a delivery of the first topic to the second callback, and of the second topic to the first',
  presupposes: ['unsubscription/ends-deliveries', 'subscription/is-by-topic-and-callback'],
  async run(context) {
    const [left, kept] = [context.topic(), context.topic()]
    const [leaving, staying] = [context.callback(), context.callback()]
    await context.subscribed({ topic: left, callback: leaving })
    await context.subscribed({ topic: left, callback: staying })
    await context.subscribed({ topic: kept, callback: leaving })
    await context.unsubscribed({ topic: left, callback: leaving })
    await expectNoDelivery(context, left, [{ callback: leaving, whom: 'the callback that left the topic' }])
    await staying.delivery()
    await context.publish(kept)
    await leaving.delivery()
  },
}

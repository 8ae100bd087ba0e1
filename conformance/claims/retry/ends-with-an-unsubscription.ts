import type { Claim } from '../../claim.ts'
import { callbackApart, retry, skipUnlessOpen } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-12', 'UNS-08'],
  level: 'hardening',
  section: '5.3.1',
  title: 'Whoever has unsubscribed gets no retries any more',
  sends:
    'an update whose delivery is left open while the subscriber unsubscribes, and then answered with 500; another subscriber answers the same',
  expects: 'a retry for the other subscriber only',
  presupposes: [
    'retry/tries-again',
    'unsubscription/is-by-topic-and-callback',
    'distribution/waits-for-nobody',
    'distribution/waits-for-an-answer',
  ],
  holds: true,
  async run(context) {
    const topic = context.topic()
    const [callback, witness] = [await callbackApart(context), await callbackApart(context)]
    const left = Promise.withResolvers<void>()
    callback.onDelivery({ status: 500, until: left.promise })
    witness.onDelivery((_, before) => (before === 0 ? { status: 500, until: left.promise } : {}))
    await context.subscribed({ topic, callback })
    await context.subscribed({ topic, callback: witness })
    await context.publish(topic)
    const [open, refused] = [await callback.delivery(), await witness.delivery()]
    await context.unsubscribed({ topic, callback })
    for (const delivery of [open, refused]) skipUnlessOpen(delivery, 'it had ended the subscription')
    left.resolve()
    const again = await retry(context, witness)
    await context.stays(() => callback.deliveries.length === 1, {
      expected: 'no further delivery to the subscriber that left',
      found: () => `${callback.deliveries.length - 1}`,
      forMs: Math.max(context.timing.quietMs, again.atMs - (refused.endedAtMs ?? 0)),
    })
  },
}

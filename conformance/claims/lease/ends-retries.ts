import { type Claim, skip } from '../../claim.ts'
import { endingLease, passEnd } from '../../leases.ts'
import { callbackApart, retry, skipUnlessOpen } from '../../retries.ts'

const askedSeconds = 4

export const claim: Claim = {
  rows: ['LEASE-14', 'RETRY-12'],
  level: 'hardening',
  section: '5.3.1',
  title: 'A delivery that failed is not tried again once the lease has ended',
  sends: `two subscriptions to one topic, one with hub.lease_seconds=${askedSeconds}; a ping; both deliveries are left open until that lease has ended, then answered with 500`,
  expects: 'the delivery again for the one whose lease runs, and for it alone',
  presupposes: ['lease/ends', 'retry/tries-again', 'distribution/waits-for-nobody', 'distribution/waits-for-an-answer'],
  holds: true,
  async run(context) {
    const topic = context.topic()
    const [ending, running] = [await callbackApart(context), await callbackApart(context)]
    const over = Promise.withResolvers<void>()
    for (const each of [ending, running]) {
      each.onDelivery((_, before) => (before === 0 ? { status: 500, until: over.promise } : {}))
    }
    await context.subscribed({ topic, callback: running })
    const short = await endingLease(context, askedSeconds, { topic, callback: ending })
    await context.publish(topic)
    const refused = await running.delivery()
    await passEnd(context, short)
    skipUnlessOpen(refused, 'the lease had ended')
    const before = ending.deliveries.length
    over.resolve()
    if (before === 0) skip(`it delivers no sooner than the ${askedSeconds} s of a lease`)
    const again = await retry(context, running)
    await context.stays(() => ending.deliveries.length === before, {
      expected: 'no further delivery to the callback whose lease has ended',
      found: () => 'one',
      forMs: Math.max(context.timing.quietMs, again.atMs - (refused.endedAtMs ?? 0)),
    })
  },
}

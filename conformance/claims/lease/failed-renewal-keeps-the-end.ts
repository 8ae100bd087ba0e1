import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { endingLease, passEnd } from '../../leases.ts'

const shortSeconds = 4
const longSeconds = 3600

export const claim: Claim = {
  rows: ['LEASE-11'],
  level: 'MUST',
  section: '5.1',
  title: 'A renewal that was not confirmed moves the end of the lease neither forward nor back',
  sends: `subscriptions with hub.lease_seconds of ${shortSeconds} and ${longSeconds}; renewals with ${longSeconds} and ${shortSeconds}, answered with 404; a ping after ${shortSeconds} s`,
  expects: 'a delivery to the one that had the long lease, none to the other',
  presupposes: ['lease/ends', 'distribution/comes-once', 'subscription/failed-renewal-keeps-the-secret'],
  async run(context) {
    const topic = context.topic()
    const [ending, running] = [context.callback(), context.callback()]
    await context.subscribed({ topic, callback: running, fields: { 'hub.lease_seconds': String(longSeconds) } })
    const short = await endingLease(context, shortSeconds, { topic, callback: ending })
    const renewals = [
      [ending, longSeconds],
      [running, shortSeconds],
    ] as const
    await Promise.all(
      renewals.map(async ([callback, seconds]) => {
        callback.onVerification({ status: 404 })
        await context.subscribe(topic, callback, { 'hub.lease_seconds': String(seconds) })
        await context.noted(await callback.verification())
      }),
    )
    await passEnd(context, short)
    // Had the refused renewal counted, the second lease would have ended as well by now.
    await context.pass(context.timing.secondMs * 2)
    await expectNoDelivery(context, topic, [{ callback: ending, whom: 'the subscriber whose lease has ended' }])
    await running.delivery()
  },
}

import { type Claim, expect, skip } from '../../claim.ts'
import { shortLease } from '../../leases.ts'

const askedSeconds = 10
const witnessSeconds = 3600
const percent = 70

export const claim: Claim = {
  rows: ['LEASE-01'],
  level: 'MUST*',
  section: '5.3',
  title: 'A subscription lasts as long as its verification told',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}, and one to the same topic with ${witnessSeconds}; a ping when ${percent} % of what the first was granted have passed`,
  expects:
    'a delivery to both. A hub that takes so long from a ping to a delivery that the first lease has ended is skipped',
  presupposes: ['distribution/reaches-each-subscription', 'verification/has-each-parameter-once'],
  async run(context) {
    const { timing } = context
    const { topic, callback, verification, endsAtMs } = await shortLease(context, askedSeconds)
    const witness = await context.subscribed({ topic, fields: { 'hub.lease_seconds': String(witnessSeconds) } })
    const leaseMs = endsAtMs - verification.atMs
    await context.pass(Math.max(0, verification.atMs + (percent / 100) * leaseMs - context.now()))
    const pingedAtMs = context.now()
    await context.publish(topic)
    const reached = await context.happens(() => callback.deliveries.length > 0, Math.max(0, endsAtMs - context.now()))
    const other = await witness.callback.delivery()
    if (!reached && other.atMs > endsAtMs - timing.secondMs)
      skip(
        `it delivers ${((other.atMs - pingedAtMs) / 1000).toFixed(1)} s after a ping, when so short a lease has ended`,
      )
    expect(
      reached,
      {
        expected: `a delivery, for the lease of ${leaseMs / timing.secondMs} s had run to ${percent} %`,
        found: 'one to the subscriber with the longer lease alone',
      },
      verification,
      other,
    )
  },
}

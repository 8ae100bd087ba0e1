import type { Claim } from '../../claim.ts'
import { passEnd, shortLease } from '../../leases.ts'

const firstSeconds = 2
const secondSeconds = 3600

export const claim: Claim = {
  rows: ['LEASE-10'],
  level: 'MUST',
  section: '5.1',
  title: 'A confirmed renewal goes on after the first lease would have ended',
  sends: `a subscription with hub.lease_seconds=${firstSeconds}, its renewal with ${secondSeconds}; a ping when the first lease is over`,
  expects: 'a delivery',
  presupposes: ['lease/ends', 'subscription/renewal-replaces-the-secret'],
  async run(context) {
    const first = await shortLease(context, firstSeconds)
    const { topic, callback } = first
    await context.subscribed({ topic, callback, fields: { 'hub.lease_seconds': String(secondSeconds) } })
    await passEnd(context, first)
    await context.publish(topic)
    await callback.delivery()
  },
}

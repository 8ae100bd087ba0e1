import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const leases = ['banana', '-1', '0', '']

export const claim: Claim = {
  rows: ['UNS-03'],
  level: 'MUST',
  section: '5.1',
  title: 'hub.lease_seconds in an unsubscription is ignored, whatever it says',
  sends: `unsubscriptions with hub.lease_seconds of ${leases.map((lease) => `'${lease}'`).join(', ')}`,
  expects: 'a 2xx, then a verification with hub.mode=unsubscribe, each time',
  presupposes: ['unsubscription/is-verified'],
  async run({ subscribed, unsubscribe }) {
    await Promise.all(
      leases.map(async (lease) => {
        const { topic, callback } = await subscribed()
        const answer = await unsubscribe(topic, callback, { 'hub.lease_seconds': lease })
        expectAccepted(answer, `an unsubscription with hub.lease_seconds=${lease}`)
        await callback.verification('unsubscribe')
      }),
    )
  },
}

import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-03'],
  level: 'hardening',
  section: '6.1, 7',
  title: 'A hub that sends new subscribers elsewhere serves those it has until their leases end',
  sends:
    'a ping to the hub that is set to send subscribers elsewhere, for a topic subscribed to at the same hub before',
  expects: 'a 2xx, and a delivery',
  presupposes: ['publishing/is-delivered'],
  knobs: ['movedAlias'],
  async run({ toward, knobs: { movedAlias = '' }, subscribed }) {
    const { topic, callback } = await subscribed()
    topic.content = 'Something new.'
    expectAccepted(await toward(movedAlias).ping(topic), 'a ping')
    await callback.delivery()
  },
}

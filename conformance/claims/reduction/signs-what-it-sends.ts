import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { atom } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-07'],
  level: 'MUST*',
  section: '7.1',
  title: 'The signature of a reduced feed is over what is sent, not over what the topic served',
  sends: 'to a hub that reduces feeds, a subscription with hub.secret, and two pings, the second with a further entry',
  expects: 'a second delivery whose signature verifies over its body',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'signing/is-on-every-delivery'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const fields = { 'hub.secret': 'a secret' }
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }), fields })
    await publish(feed, atom.write([{ name: 'a' }]))
    await callback.delivery()
    await publish(feed, atom.write([{ name: 'b' }, { name: 'a' }]))
    expectSigned(await callback.delivery(), 'a secret', 'the secret over the body as it was sent')
  },
}

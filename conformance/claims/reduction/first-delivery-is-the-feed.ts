import { type Claim, expect } from '../../claim.ts'
import { atom } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-13'],
  level: 'hardening',
  section: '7',
  title: 'The first delivery to a subscription is the feed itself, byte for byte',
  sends: 'a subscription to a feed at a hub that reduces feeds, and a ping',
  expects: 'the bytes that the topic served',
  presupposes: ['reduction/newcomers-get-every-entry', 'fetching/keeps-the-bytes'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }) })
    const served = await publish(feed, atom.write([{ name: 'a' }, { name: 'b' }]))
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} bytes that differ`
    expect(delivery.body.equals(served), { expected: `the ${served.length} bytes of the feed`, found }, delivery)
  },
}

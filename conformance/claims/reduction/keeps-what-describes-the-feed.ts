import { type Claim, expect } from '../../claim.ts'
import { atom, feedId, feedTitle } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-03'],
  level: 'SHOULD',
  section: '0.3 §7.3',
  title: 'A reduced feed still has what describes the feed: its id, its title and when it was updated',
  sends: 'two pings for an Atom feed at a hub that reduces feeds, the second with a further entry',
  expects: 'a second delivery with the feed’s own id, title and updated',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'validation/first-ping-is-always-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }) })
    await publish(feed, atom.write([{ name: 'a' }]))
    await callback.delivery()
    await publish(feed, atom.write([{ name: 'b' }, { name: 'a' }]))
    const delivery = await callback.delivery()
    const own = delivery.text.replace(/<entry[\s\S]*?<\/entry>/g, '')
    const kept = [feedId, feedTitle, '2026-06-02T12:00:00Z']
    const lost = kept.filter((text) => !own.includes(`>${text}<`))
    expect(lost.length === 0, { expected: kept.join(', '), found: `no ${lost.join(', no ')}` }, delivery)
  },
}

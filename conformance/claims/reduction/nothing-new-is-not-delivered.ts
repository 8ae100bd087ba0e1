import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-05'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A feed whose entries only changed places brings its subscribers nothing',
  sends: 'to a hub that reduces feeds, a feed with two entries; the same in the other order; the same with a third',
  expects: 'no delivery for the second, and one with the third entry alone for the third',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'validation/first-ping-is-always-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic, noted, stays }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }) })
    await publish(feed, atom.write([{ name: 'a' }, { name: 'b' }]))
    await noted(await callback.delivery())
    const { length: fetched } = feed.fetches
    await publish(feed, atom.write([{ name: 'b' }, { name: 'a' }]))
    while (feed.fetches.length === fetched) await feed.fetch()
    await stays(() => callback.deliveries.length === 1, {
      expected: 'no delivery where entries only changed places',
      found: () => 'one',
    })
    await publish(feed, atom.write([{ name: 'c' }, { name: 'b' }, { name: 'a' }]))
    const next = await callback.delivery()
    const names = namesIn(next.text)
    expect(names.join() === 'c', { expected: 'the next delivery to hold entry c alone', found: told(names) }, next)
  },
}

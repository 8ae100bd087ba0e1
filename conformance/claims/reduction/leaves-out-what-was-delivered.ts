import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, rss, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-01'],
  level: 'MAY',
  section: '7',
  title: 'A hub set to deliver what is new leaves entries out of Atom and RSS that it has delivered before',
  sends: 'pings for an Atom and an RSS feed at a hub that is set so: with two entries, then with a third',
  expects: 'a second delivery with the third entry alone',
  presupposes: ['reduction/carries-what-is-new', 'validation/first-ping-is-always-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    await Promise.all(
      [atom, rss].map(async ({ what, type, write }) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type }) })
        await publish(feed, write([{ name: 'a' }, { name: 'b' }]))
        await callback.delivery()
        await publish(feed, write([{ name: 'c' }, { name: 'a' }, { name: 'b' }]))
        const delivery = await callback.delivery()
        const names = namesIn(delivery.text)
        expect(names.join() === 'c', { expected: `${what} with entry c alone`, found: told(names) }, delivery)
      }),
    )
  },
}

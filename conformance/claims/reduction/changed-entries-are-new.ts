import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, rss, rssByLink, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-04'],
  level: 'compat',
  section: '7',
  title: 'An entry whose text has changed is new; an item without guid is known by its link',
  sends:
    'to a hub that reduces feeds, Atom by id, RSS by guid and RSS by link: two entries, then a third and another text for one',
  expects: 'a second delivery with the third and the changed entry alone',
  presupposes: ['reduction/leaves-out-what-was-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    await Promise.all(
      [atom, rss, rssByLink].map(async ({ what, type, write }) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type }) })
        await publish(feed, write([{ name: 'a' }, { name: 'b' }]))
        await callback.delivery()
        await publish(feed, write([{ name: 'c' }, { name: 'a' }, { name: 'b', text: 'Seen differently.' }]))
        const delivery = await callback.delivery()
        const names = namesIn(delivery.text)
        const right = names.join() === 'c,b' && delivery.text.includes('Seen differently.')
        expect(right, { expected: `${what} with entries c, b, as they are now`, found: told(names) }, delivery)
      }),
    )
  },
}

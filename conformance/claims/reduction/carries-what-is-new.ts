import { type Claim, expect, observed } from '../../claim.ts'
import { atom, namesIn, rss, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-01', 'DIFF-13'],
  level: 'MUST*',
  section: '7',
  title:
    'A delivery of a feed holds every entry that the subscriber has not had; whether also others, is up to the hub',
  sends: 'pings for an Atom and an RSS feed: with two entries, then with a third',
  expects: 'a delivery with the first two, then one with the third',
  presupposes: ['distribution/comes-once'],
  async run({ subscribed, topic, publish }) {
    const kinds = await Promise.all(
      [atom, rss].map(async ({ what, type, write }) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type }) })
        await publish(feed, write([{ name: 'a' }, { name: 'b' }]))
        const first = await callback.delivery()
        const begun = namesIn(first.text)
        expect(
          begun.includes('a') && begun.includes('b'),
          { expected: `${what} with entries a, b`, found: told(begun) },
          first,
        )
        await publish(feed, write([{ name: 'c' }, { name: 'a' }, { name: 'b' }]))
        const second = await callback.delivery()
        const names = namesIn(second.text)
        expect(names.includes('c'), { expected: `${what} with entry c`, found: told(names) }, second)
        return `${what} ${names.length === 3 ? 'whole' : 'without what was delivered before'}`
      }),
    )
    return observed(`it delivers ${kinds.join(', ')}`)
  },
}

import { type Claim, expect } from '../../claim.ts'
import { atom, type Entry } from '../../feeds.ts'

/** Each makes something of a feed that no hub should cut. */
const spoilers: readonly (readonly [what: string, spoil: (feed: string) => string])[] = [
  ['a tag that is not closed', (feed) => feed.replace('</title>', '')],
  ['an end tag too many', (feed) => feed.replace('</feed>', '</entry></feed>')],
  ['an end that is missing', (feed) => feed.replace('</feed>', '')],
  ['a root that is no feed', (feed) => feed.replace('<feed', '<list').replace('</feed>', '</list>')],
  ['a document type', (feed) => feed.replace('<feed', '<!DOCTYPE feed [<!ENTITY x "y">]>\n<feed')],
]

export const claim: Claim = {
  rows: ['DIFF-09'],
  level: 'hardening',
  section: '7',
  title: 'A feed that cannot be read for certain is delivered whole',
  sends: `to a hub that reduces feeds, two versions of an Atom feed with ${spoilers.map(([what]) => what).join('; ')}`,
  expects: 'both versions, byte for byte',
  presupposes: ['reduction/leaves-other-formats-whole', 'reduction/first-delivery-is-the-feed'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const versions: readonly (readonly Entry[])[] = [[{ name: 'a' }], [{ name: 'b' }, { name: 'a' }]]
    await Promise.all(
      spoilers.map(async ([what, spoil]) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }) })
        for (const entries of versions) {
          const served = await publish(feed, spoil(atom.write(entries)))
          const delivery = await callback.delivery()
          const found = `${delivery.body.length} bytes that differ`
          const expected = `the ${served.length} bytes of a feed with ${what}`
          expect(delivery.body.equals(served), { expected, found }, delivery)
        }
      }),
    )
  },
}

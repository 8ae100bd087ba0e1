import { type Claim, expect } from '../../claim.ts'
import { namesIn, rdfFeed, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-11'],
  level: 'compat',
  section: '7',
  title: 'In RSS 1.0 an item that was delivered goes together with its line in the channel’s list',
  sends: 'to a hub that reduces feeds, an RDF feed with two items, then with a third',
  expects: 'a second delivery with the third item and one rdf:li; a hub may deliver RDF whole',
  presupposes: ['reduction/leaves-out-what-was-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: 'application/rdf+xml' }) })
    await publish(feed, rdfFeed(['a', 'b']))
    await callback.delivery()
    const served = await publish(feed, rdfFeed(['c', 'a', 'b']))
    const delivery = await callback.delivery()
    if (delivery.body.equals(served)) return
    const items = namesIn(delivery.text.replace(/<channel[\s\S]*<\/channel>/, ''))
    expect(items.join() === 'c', { expected: 'item c alone', found: told(items) }, delivery)
    const lines = namesIn((delivery.text.match(/<rdf:li[^>]*>/g) ?? []).join())
    expect(lines.join() === 'c', { expected: 'one rdf:li, for c', found: `rdf:li for ${told(lines)}` }, delivery)
  },
}

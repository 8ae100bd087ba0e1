import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'
import { targetsTo } from '../../link-header.ts'

export const claim: Claim = {
  rows: ['FAT-03'],
  level: 'MUST*',
  section: '7',
  title: 'What was handed over is delivered with the hub as rel=hub and the topic as rel=self, like anything else',
  sends: 'content for a topic',
  expects: 'a delivery with a Link to the hub and one to the topic',
  presupposes: [
    'fat-publishing/is-delivered',
    'distribution/names-the-hub',
    'distribution/names-the-topic',
    'distribution/names-itself-for-others',
  ],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context)
    await handedOver(context, { topic, body: 'News.' })
    const delivery = await callback.delivery()
    const links = { self: topic.url, hub: context.hub }
    for (const [rel, wanted] of Object.entries(links)) {
      const found = targetsTo(rel, delivery.headers)
      const right = found.length === 1 && found[0] === wanted
      expect(right, { expected: `rel=${rel}: ${wanted}`, found: found.join(' and ') || 'none' }, delivery)
    }
  },
}

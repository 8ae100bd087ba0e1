import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-01'],
  level: 'extension',
  section: '6',
  title: 'A publisher with a key may post its topic’s new content to the hub, which delivers that',
  sends:
    'to the hub, text with Link: <the topic>; rel="self" and Authorization: Bearer; the topic itself answers 500 by then',
  expects: 'a 2xx, and a delivery with that text',
  presupposes: ['fetching/delivers-what-is-served'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context)
    const body = 'News from the publisher’s own hand.'
    await handedOver(context, { topic, body })
    const delivery = await callback.delivery()
    expect(delivery.text === body, { expected: body, found: delivery.text }, delivery)
  },
}

import { type Claim, expect } from '../../claim.ts'
import { pageOf, partSubscribed } from '../../fragments.ts'

export const claim: Claim = {
  rows: ['SF-15'],
  level: 'extension',
  section: 'Superfeedr',
  title: 'A topic with a CSS selector as its fragment is that part of the page',
  sends: 'a subscription to …#.price, and a ping of the page, whose element of class price stands beside other text',
  expects: 'a delivery with the text of that element, and nothing of what stands beside it',
  presupposes: [
    'fetching/delivers-what-is-served',
    'publishing/takes-unknown-topics',
    'validation/may-want-the-self-url',
  ],
  knobs: ['fragmentHub'],
  async run(context) {
    const hub = context.toward(context.knobs.fragmentHub ?? '')
    const page = context.topic({ content: pageOf('7.95', 'No news') })
    const { callback } = await partSubscribed(hub, page, '.price')
    await hub.publish(page, pageOf('9.95', 'Some news'))
    const delivery = await callback.delivery()
    const holds = delivery.text.includes('9.95') && !delivery.text.includes('news')
    expect(holds, { expected: 'the element <b class="price">9.95</b> alone', found: delivery.text }, delivery)
  },
}

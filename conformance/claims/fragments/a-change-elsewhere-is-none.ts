import { type Claim, expect } from '../../claim.ts'
import { pageOf, partSubscribed } from '../../fragments.ts'

export const claim: Claim = {
  rows: ['SF-15'],
  level: 'extension',
  section: 'Superfeedr',
  title: 'Of a part of a page only its own changes are delivered',
  sends:
    'pings of a page that changes beside the part that is subscribed to, then in it; another subscriber reads all of it',
  expects: 'the first change delivered to the other subscriber alone, the second to both',
  presupposes: [
    'fragments/deliver-the-part',
    'fetching/delivers-any-change',
    'fetching/takes-304-for-nothing-new',
    'fetching/may-repeat-what-is-known',
  ],
  knobs: ['fragmentHub'],
  async run(context) {
    const hub = context.toward(context.knobs.fragmentHub ?? '')
    const page = context.topic({ content: pageOf('7.95', 'No news') })
    const { callback } = await partSubscribed(hub, page, '.price')
    const witness = await hub.subscribed({ topic: page })
    await hub.publish(page, pageOf('9.95', 'Some news'))
    await Promise.all([callback.delivery(), witness.callback.delivery()])
    await hub.publish(page, pageOf('9.95', 'Other news'))
    await witness.callback.delivery()
    await hub.stays(() => callback.deliveries.length === 1, {
      expected: 'no delivery of a part that did not change',
      found: () => `another: ${callback.deliveries.at(-1)?.text}`,
    })
    await hub.publish(page, pageOf('8.95', 'Other news'))
    const delivery = await callback.delivery()
    expect(delivery.text.includes('8.95'), { expected: 'the part as it is now', found: delivery.text }, delivery)
  },
}

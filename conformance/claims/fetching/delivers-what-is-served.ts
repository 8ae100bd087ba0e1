import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DIST-02'],
  level: 'MUST',
  section: '7',
  title: 'A delivery carries what the topic serves',
  sends: 'a ping for a topic that serves a short page in ASCII',
  expects: 'a delivery with that page as its body',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    const content = await publish(topic)
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} others`
    expect(delivery.body.equals(content), { expected: `the ${content.length} bytes of the page`, found }, delivery)
  },
}

import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VAL-09', 'FETCH-15', 'DIST-02'],
  level: 'hardening',
  section: '2, 7',
  title: 'The first ping after a subscription is delivered, though the topic is as it was when it began',
  sends: 'a subscription, then a ping; the topic serves the same bytes all the time, with an ETag',
  expects: 'a delivery of these bytes',
  presupposes: ['fetching/delivers-what-is-served'],
  async run({ topic, subscribed, publish }) {
    const publisher = topic()
    publisher.headers = [...publisher.headers, ['ETag', '"the-same"']]
    const { callback } = await subscribed({ topic: publisher })
    const content = await publish(publisher, publisher.content)
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} others`
    expect(delivery.body.equals(content), { expected: `the topic's ${content.length} bytes`, found }, delivery)
  },
}

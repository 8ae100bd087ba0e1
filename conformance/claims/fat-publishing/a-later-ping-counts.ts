import { type Claim, expect } from '../../claim.ts'
import { handedOver } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-11'],
  level: 'hardening',
  section: '7',
  title: 'A ping after content that was handed over counts: what the topic serves then is delivered',
  sends: 'content for a topic; then a ping, when the topic serves something newer',
  expects: 'deliveries of both, in this order',
  presupposes: ['fat-publishing/fetches-nothing', 'distribution/comes-once'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    await handedOver(context, { topic, body: 'What was handed over.' })
    await callback.delivery()
    const newer = await context.publish(topic)
    const delivery = await callback.delivery()
    const found = delivery.text
    expect(delivery.body.equals(newer), { expected: 'what the topic serves after the ping', found }, delivery)
  },
}

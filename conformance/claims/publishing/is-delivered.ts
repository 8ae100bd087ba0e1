import { type Claim, skip } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['PUB-01', 'PUB-04', 'PUB-14', 'DIST-01'],
  level: 'MUST',
  section: '6',
  title: 'After a ping the subscriber is sent what the topic serves now',
  sends:
    'to the same URL, without credentials, hub.mode=publish for a topic with one verified subscription, named as hub.url or as hub.topic, whichever the hub takes',
  expects: 'a POST to the callback',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, publish, happens, timing }) {
    const { topic, callback, verification } = await subscribed()
    await publish(topic)
    const isOver = parameter(verification, 'hub.lease_seconds') === '0'
    if (isOver && !(await happens(() => callback.deliveries.length > 0, timing.deliveryMs)))
      skip('it told a lease of 0, and delivers nothing after that')
    await callback.delivery()
  },
}

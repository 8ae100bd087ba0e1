import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-01', 'PUB-04', 'PUB-14', 'DIST-01'],
  level: 'MUST',
  section: '6',
  title: 'After a ping the subscriber is sent what the topic serves now',
  sends:
    'to the same URL, without credentials, hub.mode=publish for a topic with one verified subscription, named as hub.url or as hub.topic, whichever the hub takes',
  expects: 'a POST to the callback',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    await callback.delivery()
  },
}

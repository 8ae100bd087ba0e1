import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-01', 'PUB-02', 'DIST-01'],
  level: 'MUST',
  section: '6',
  title: 'After a ping the subscriber is sent what the topic serves now',
  sends: 'hub.mode=publish and hub.url for a topic with one verified subscription',
  expects: 'a POST to the callback',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    await callback.delivery()
  },
}

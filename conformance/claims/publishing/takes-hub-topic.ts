import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-03'],
  level: 'compat',
  section: '6',
  title: 'A ping may name the topic as hub.topic instead of hub.url',
  sends: 'hub.mode=publish and hub.topic; the W3C’s own test application pings in no other way',
  expects: 'a 2xx, and a delivery of what the topic serves now',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run(context) {
    const topic = context.topic()
    const fields = { 'hub.mode': 'publish', 'hub.topic': topic.url }
    await expectReached(context, 'a ping by hub.topic', [topic], () => context.post(fields))
  },
}

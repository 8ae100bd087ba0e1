import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-02'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping may name the topic as hub.url',
  sends: 'hub.mode=publish and hub.url, as the note in §6 has it, and most publishers do',
  expects: 'a 2xx, and a delivery of what the topic serves now',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run(context) {
    const topic = context.topic()
    const fields = { 'hub.mode': 'publish', 'hub.url': topic.url }
    await expectReached(context, 'a ping by hub.url', [topic], () => context.post(fields))
  },
}

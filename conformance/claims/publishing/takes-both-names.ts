import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-05', 'PUB-21'],
  level: 'compat',
  section: '6',
  title: 'hub.url and hub.topic in one ping are two topics: neither says where the other is fetched',
  sends: 'hub.mode=publish with hub.url for one topic and hub.topic for another, both subscribed to',
  expects: 'a 2xx, and a delivery for either topic',
  presupposes: ['publishing/takes-several-topics', 'publishing/takes-hub-url', 'publishing/takes-hub-topic'],
  pings: true,
  async run(context) {
    const [one, other] = [context.topic(), context.topic()]
    const fields = { 'hub.mode': 'publish', 'hub.topic': one.url, 'hub.url': other.url }
    await expectReached(context, 'a ping with both names', [one, other], () => context.post(fields))
  },
}

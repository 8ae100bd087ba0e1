import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-05', 'PSH-03'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping may name several topics, each in a parameter of its own',
  sends: 'hub.mode=publish and two hub.url (or hub.topic), for topics with a subscription each',
  expects: 'a 2xx, and a delivery for either topic',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run(context) {
    const topics = [context.topic(), context.topic()]
    await expectReached(context, 'a ping of two topics', topics, () => context.ping(...topics))
  },
}

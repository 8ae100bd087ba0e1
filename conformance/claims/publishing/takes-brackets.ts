import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-05'],
  level: 'compat',
  section: '6',
  title: 'A ping may name topics as hub.url[], as PHP clients write lists',
  sends: 'hub.mode=publish and two hub.url[], for topics with a subscription each',
  expects: 'a 2xx, and a delivery for either topic',
  presupposes: ['publishing/takes-several-topics', 'publishing/takes-hub-url'],
  pings: true,
  async run(context) {
    const topics = [context.topic(), context.topic()]
    const named = topics.map(({ url }) => ['hub.url[]', url] as const)
    await expectReached(context, 'a ping by hub.url[]', topics, () => context.post([['hub.mode', 'publish'], ...named]))
  },
}

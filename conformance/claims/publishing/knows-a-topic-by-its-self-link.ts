import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-13', 'PSH-10'],
  level: 'compat',
  section: '4',
  title: 'A ping for a URL whose document names another topic as itself serves that topic’s subscribers',
  sends: 'a ping for a URL that answers with Link: <…>; rel="self", naming a topic that somebody subscribed to',
  expects: 'a 2xx, and a delivery to the subscriber of that topic',
  presupposes: ['publishing/is-delivered', 'publishing/takes-unknown-topics'],
  async run(context) {
    const topic = context.topic()
    const alias = context.topic({ links: topic.headers.filter(([name]) => name === 'Link') })
    await expectReached(context, 'a ping for another URL of a topic', [topic], () => context.ping(alias))
  },
}

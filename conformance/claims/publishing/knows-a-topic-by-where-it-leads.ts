import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-13', 'PSH-10'],
  level: 'compat',
  section: '0.3 §8.1',
  title: 'A ping for a URL that redirects to a topic serves that topic’s subscribers',
  sends:
    'a ping for a URL that answers 302 with the URL of a topic that somebody subscribed to, and that names no rel=self',
  expects: 'a 2xx, and a delivery to the subscriber of that topic',
  presupposes: ['publishing/knows-a-topic-by-its-self-link', 'fetching/follows-redirects'],
  async run(context) {
    const topic = context.topic({ links: [['Link', `<${context.hub}>; rel="hub"`]] })
    const alias = context.topic()
    alias.serves({ status: 302, headers: [['Location', topic.url]] })
    await expectReached(context, 'a ping for a URL that redirects to a topic', [topic], () => context.ping(alias))
  },
}

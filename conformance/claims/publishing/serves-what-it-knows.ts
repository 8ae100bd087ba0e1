import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-18'],
  level: 'hardening',
  section: '6',
  title: 'An unknown topic among those of a ping does no harm to the others',
  sends: 'hub.mode=publish with one hub.url that nobody subscribed to and one that somebody did',
  expects: 'a 2xx, and a delivery',
  presupposes: ['publishing/takes-several-topics', 'publishing/takes-unknown-topics'],
  pings: true,
  async run(context) {
    const [unknown, known] = [context.topic(), context.topic()]
    await expectReached(context, 'a ping with an unknown topic', [known], () => context.ping(unknown, known))
  },
}

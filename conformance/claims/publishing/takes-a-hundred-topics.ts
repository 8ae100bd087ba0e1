import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-17'],
  level: 'compat',
  section: '6',
  title: 'A ping may name a hundred topics: WordPress names every feed a post is in',
  sends: 'hub.mode=publish and a hundred hub.url, the first and the last of them subscribed to',
  expects: 'a 2xx, and a delivery for either of these',
  presupposes: ['publishing/serves-what-it-knows'],
  pings: true,
  async run(context) {
    const [first, last] = [context.topic(), context.topic()]
    const others = Array.from({ length: 98 }, (_, at) => `${first.url}/tag/${at}`)
    await expectReached(context, 'a ping of a hundred topics', [first, last], () =>
      context.ping(first, ...others, last),
    )
  },
}

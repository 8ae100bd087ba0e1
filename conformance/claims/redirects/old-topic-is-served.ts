import { expectAccepted, expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-05'],
  level: 'compat',
  section: '6.1, 7',
  title: 'Subscribers of a topic that redirects are sent what the new one serves, and rel=self names the new one',
  sends: 'a ping for a topic that has begun to answer 301 with the URL of another',
  expects: 'a delivery whose rel=self is the new URL',
  presupposes: ['fetching/follows-redirects', 'distribution/hands-on-the-advertised-self'],
  async run({ subscribed, topic: fresh, ping }) {
    const { topic, callback } = await subscribed()
    const moved = fresh({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await ping(topic), 'a ping')
    expectSelf(await callback.delivery(), moved.url)
  },
}

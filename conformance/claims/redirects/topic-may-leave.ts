import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-09', 'MIG-10'],
  level: 'MUST*',
  section: '6.1, 7',
  title: 'While leases run they are served, though the topic no longer names this hub',
  sends: 'a ping for a topic that names another hub since it was subscribed to',
  expects: 'a 2xx, and a delivery',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, ping }) {
    const { topic, callback } = await subscribed()
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<https://hub.example/>; rel="hub", <${topic.url}>; rel="self"`],
    ]
    topic.content = 'Something new.'
    expectAccepted(await ping(topic), 'a ping')
    await callback.delivery()
  },
}

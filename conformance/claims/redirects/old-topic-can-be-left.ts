import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-06'],
  level: 'hardening',
  section: '1',
  title: 'A subscription keeps the topic it was made for: it is left by the old URL when the topic has moved',
  sends: 'an unsubscription for a topic that was seen to redirect; then a ping for it',
  expects: 'a verification, and no further delivery, while another subscriber of the old URL gets one',
  presupposes: [
    'distribution/comes-once',
    'unsubscription/is-by-topic-and-callback',
    'redirects/new-topic-serves-old-subscribers',
  ],
  async run({ subscribed, unsubscribed, topic: fresh, ping, noted, stays }) {
    const leaving = await subscribed()
    const { topic, callback } = leaving
    const witness = await subscribed({ topic })
    const moved = fresh({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await ping(topic), 'a ping')
    await noted(await callback.delivery())
    await witness.callback.delivery()
    await unsubscribed(leaving)
    moved.content = 'Here, and newer.'
    expectAccepted(await ping(topic), 'a ping')
    await witness.callback.delivery()
    await stays(() => callback.deliveries.length === 1, {
      expected: 'no delivery to the subscriber that left',
      found: () => `${callback.deliveries.length - 1}`,
    })
  },
}

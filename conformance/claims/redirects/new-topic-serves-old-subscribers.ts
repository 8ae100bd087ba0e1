import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-05', 'PUB-13'],
  level: 'compat',
  section: '6.1, 7',
  title: 'Once a topic was seen to redirect, a ping for the new URL serves subscribers of the old one too',
  sends:
    'a ping for a topic that redirects to another; when it was delivered, a ping for that other, which has changed',
  expects: 'a second delivery to the subscriber of the old URL',
  presupposes: ['redirects/old-topic-is-served', 'publishing/knows-a-topic-by-its-self-link'],
  async run({ subscribed, topic: fresh, ping, noted }) {
    const { topic, callback } = await subscribed()
    const moved = fresh({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await ping(topic), 'a ping for the old URL')
    await noted(await callback.delivery())
    moved.content = 'Here, and newer.'
    expectAccepted(await ping(moved), 'a ping for the new URL')
    await callback.delivery()
  },
}

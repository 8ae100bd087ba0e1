import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-08'],
  level: 'compat',
  section: '4',
  title: 'A JSON Feed without Link header names itself by feed_url',
  sends: 'a ping for application/feed+json with feed_url and hubs (JSON Feed 1.1), and without Link header',
  expects: 'feed_url as rel=self in the delivery',
  presupposes: [
    'distribution/names-the-topic',
    'distribution/hands-on-the-advertised-self',
    'validation/may-want-its-own-link',
  ],
  async run({ subscribed, publish, topic: fresh, hub }) {
    const [topic, canonical] = [fresh({ type: 'application/feed+json', links: [] }), fresh()]
    const { callback } = await subscribed({ topic })
    const feed = {
      version: 'https://jsonfeed.org/version/1.1',
      title: 'A feed',
      feed_url: canonical.url,
      hubs: [{ type: 'WebSub', url: hub }],
      items: [{ id: '1', content_text: 'New.' }],
    }
    await publish(topic, JSON.stringify(feed))
    expectSelf(await callback.delivery(), canonical.url)
  },
}

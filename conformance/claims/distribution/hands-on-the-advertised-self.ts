import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-09'],
  level: 'MUST*',
  section: '7',
  title: 'rel=self in a delivery is the one the topic names, also where that is not the URL subscribed to',
  sends:
    'a subscription to a topic, which then names another URL, with & in its query, as its rel=self; a ping for the URL subscribed to',
  expects: 'a delivery whose rel=self is the URL that the topic names',
  presupposes: ['distribution/names-the-topic'],
  async run({ hub, topic, subscribed, publish }) {
    const canonical = topic({ suffix: '?page=1&size=2' })
    const { topic: asked, callback } = await subscribed()
    asked.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<${hub}>; rel="hub", <${canonical.url}>; rel="self"`],
    ]
    await publish(asked)
    const delivery = await callback.delivery()
    const selves = targetsTo('self', delivery.headers)
    expect(
      selves.length === 1 && selves[0] === canonical.url,
      {
        expected: `one link with rel=self, to ${canonical.url}`,
        found: `Link: ${headerValue(delivery.headers, 'Link') ?? 'none'}`,
      },
      delivery,
    )
  },
}

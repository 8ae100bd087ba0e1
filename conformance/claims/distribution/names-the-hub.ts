import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-05'],
  level: 'MUST',
  section: '7',
  title: 'A delivery has a link with rel=hub that names a hub of the topic',
  sends: 'a ping for a topic that names the hub by the URL the suite was given',
  expects: 'a Link header with rel=hub and that URL',
  presupposes: ['publishing/is-delivered'],
  async run({ hub, subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    expect(
      targetsTo('hub', delivery.headers).some((target) => URL.parse(target)?.href === new URL(hub).href),
      {
        expected: `a link to ${hub} with rel=hub`,
        found: `Link: ${headerValue(delivery.headers, 'Link') ?? 'none'}`,
      },
      delivery,
    )
  },
}

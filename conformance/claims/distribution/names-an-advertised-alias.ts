import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-10'],
  level: 'compat',
  section: '7',
  title: 'Where a topic names the hub by another of its URLs, a delivery does so too',
  sends: 'a topic whose rel=hub is the alias that the suite was told of',
  expects: 'rel=hub with that alias, before any other hub',
  presupposes: ['distribution/names-the-hub-as-advertised'],
  knobs: ['aliasUrl'],
  async run({ knobs: { aliasUrl = '' }, subscribed, publish }) {
    const { topic, callback } = await subscribed()
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<${aliasUrl}>; rel="hub", <${topic.url}>; rel="self"`],
    ]
    await publish(topic)
    const delivery = await callback.delivery()
    const [first] = targetsTo('hub', delivery.headers)
    expect(
      first === aliasUrl,
      {
        expected: `a link to ${aliasUrl} with rel=hub, before any other hub`,
        found: `Link: ${headerValue(delivery.headers, 'Link') ?? 'none'}`,
      },
      delivery,
    )
  },
}

import { type Claim, expect, skip } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-10'],
  level: 'compat',
  section: '7',
  title: 'A topic that names no hub is delivered with rel=hub all the same: the URL of this hub',
  sends:
    'a subscription to a topic, which then has no rel=hub any more; a ping. A hub that stops delivering it is skipped',
  expects: 'a delivery whose rel=hub is the URL that the suite was given',
  presupposes: ['distribution/names-the-hub'],
  async run({ hub, timing, subscribed, publish, happens }) {
    const { topic, callback } = await subscribed()
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<${topic.url}>; rel="self"`],
    ]
    await publish(topic)
    await happens(() => callback.deliveries.length > 0, timing.deliveryMs)
    const [delivery] = callback.deliveries
    if (delivery === undefined) skip('the hub delivers nothing for a topic that no longer names it')
    const [first] = targetsTo('hub', delivery.headers)
    expect(
      URL.parse(first ?? '')?.href === new URL(hub).href,
      { expected: `a link to ${hub} with rel=hub`, found: `Link: ${headerValue(delivery.headers, 'Link') ?? 'none'}` },
      delivery,
    )
  },
}

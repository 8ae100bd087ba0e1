import { type Claim, expect, observed } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'

const others = ['https://hub-one.example/', 'https://hub-two.example/']

export const claim: Claim = {
  rows: ['DIST-24'],
  level: 'compat',
  section: '7',
  title: 'Of several hubs that a topic names, the one that delivers stands first in a delivery',
  sends: `a topic that names ${others.join(' and ')}, and then the hub`,
  expects: 'the first rel=hub is this hub; the others may follow it, and it is noted whether they do',
  presupposes: ['distribution/names-the-hub'],
  async run({ hub, subscribed, publish }) {
    const { topic, callback } = await subscribed()
    const links = [...others, hub].map((url) => `<${url}>; rel="hub"`)
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', [...links, `<${topic.url}>; rel="self"`].join(', ')],
    ]
    await publish(topic)
    const delivery = await callback.delivery()
    const hubs = targetsTo('hub', delivery.headers)
    expect(
      URL.parse(hubs[0] ?? '')?.href === new URL(hub).href,
      { expected: `${hub} as the first rel=hub`, found: hubs.join(', ') || 'none' },
      delivery,
    )
    return observed(hubs.length > 1 ? `names also ${hubs.slice(1).join(', ')}` : 'names itself alone')
  },
}

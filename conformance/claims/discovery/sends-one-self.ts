import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'

export const claim: Claim = {
  rows: ['DISC-06'],
  level: 'hardening',
  section: '4',
  title: 'Of a topic that names itself twice, a delivery names one',
  sends: 'a ping for a topic with two links rel=self',
  expects: 'one of the two as rel=self in the delivery',
  presupposes: ['distribution/hands-on-the-advertised-self', 'validation/may-want-the-self-url'],
  async run({ subscribed, publish, topic: fresh, hub }) {
    const [one, other] = [fresh(), fresh()]
    const selves = `<${one.url}>; rel="self", <${other.url}>; rel="self"`
    const topic = fresh({ links: [['Link', `<${hub}>; rel="hub", ${selves}`]] })
    const { callback } = await subscribed({ topic })
    await publish(topic)
    const delivery = await callback.delivery()
    const found = targetsTo('self', delivery.headers)
    const expected = 'exactly one of the two as rel=self'
    expect(
      found.length === 1 && [one.url, other.url].includes(found[0] ?? ''),
      { expected, found: found.join(' and ') },
      delivery,
    )
  },
}

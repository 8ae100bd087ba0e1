import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'

export const claim: Claim = {
  rows: ['DIST-06'],
  level: 'MUST',
  section: '7',
  title: 'A delivery has exactly one link rel=self, and it names the topic',
  sends: 'a ping for a topic that names itself, in a Link header, by the URL that was subscribed to',
  expects: 'a Link header with that URL as its only rel=self',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    const selves = targetsTo('self', delivery.headers)
    const found = selves.length === 0 ? 'none' : selves.join(' and ')
    expect(selves.join() === topic.url, { expected: `rel=self ${topic.url} and no other`, found }, delivery)
  },
}

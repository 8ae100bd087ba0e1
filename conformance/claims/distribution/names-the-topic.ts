import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

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
    expectSelf(await callback.delivery(), topic.url)
  },
}

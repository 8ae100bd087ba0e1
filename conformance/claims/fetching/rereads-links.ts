import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-11'],
  level: 'MUST*',
  section: '7',
  title: 'A topic’s links are read at every fetch',
  sends: 'two pings for a topic whose content and whose rel=self are others at the second',
  expects: 'the new rel=self in the second delivery',
  presupposes: ['distribution/hands-on-the-advertised-self', 'distribution/comes-once'],
  async run({ subscribed, publish, topic: fresh, hub }) {
    const { topic, callback } = await subscribed()
    const moved = fresh()
    await publish(topic)
    await callback.delivery()
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<${hub}>; rel="hub", <${moved.url}>; rel="self"`],
    ]
    await publish(topic)
    expectSelf(await callback.delivery(), moved.url)
  },
}

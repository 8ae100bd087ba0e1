import { expectAccepted, expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-03'],
  level: 'MUST*',
  section: '4.1',
  title: 'A relative link is resolved against the URL of the topic, and delivered absolute',
  sends: 'a ping for a topic whose Link header has <other>; rel="self"',
  expects: 'the absolute URL as rel=self in the delivery',
  presupposes: ['distribution/hands-on-the-advertised-self'],
  async run({ subscribed, ping, topic: fresh, hub }) {
    const topic = fresh()
    const { callback } = await subscribed({ topic })
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<${hub}>; rel="hub", <other>; rel="self"`],
    ]
    topic.content = 'Something new.'
    expectAccepted(await ping(topic), 'a ping')
    expectSelf(await callback.delivery(), new URL('other', topic.url).href)
  },
}

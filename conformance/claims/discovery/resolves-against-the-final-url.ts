import { expectAccepted, expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-03', 'FETCH-02'],
  level: 'MUST*',
  section: '4.1',
  title: 'Behind a redirect, a relative link is resolved against the URL that answered',
  sends: 'a ping for a topic that redirects to …/below/, which has <other>; rel="self"',
  expects: '…/below/other as rel=self in the delivery',
  presupposes: ['discovery/resolves-relative-links', 'fetching/follows-redirects', 'redirects/old-topic-is-served'],
  async run({ subscribed, ping, topic: fresh, hub }) {
    const below = fresh({ suffix: '/below/', links: [['Link', `<${hub}>; rel="hub", <other>; rel="self"`]] })
    const { topic, callback } = await subscribed()
    topic.serves({ status: 302, headers: [['Location', below.url]] })
    expectAccepted(await ping(topic), 'a ping')
    expectSelf(await callback.delivery(), new URL('other', below.url).href)
  },
}

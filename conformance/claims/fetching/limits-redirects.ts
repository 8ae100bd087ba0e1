import type { Claim } from '../../claim.ts'
import { redirectBeforeServing } from '../../redirecting.ts'

/** More than HTTP clients follow by themselves. */
const hops = 30
const requestsMax = 300

export const claim: Claim = {
  rows: ['FETCH-02'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A fetch follows no endless redirects',
  sends: `pings for a topic that redirects ${hops} times before it serves, and for one that redirects in a circle`,
  expects: `no delivery of the first, and at most ${requestsMax} requests to the second`,
  presupposes: ['fetching/follows-redirects'],
  async run({ subscribed, publish, ping, stays }) {
    const [long, circle, witness] = await Promise.all([subscribed(), subscribed(), subscribed()])
    redirectBeforeServing(long.topic, { hops, body: 'At last.' })
    redirectBeforeServing(circle.topic, { hops: Number.POSITIVE_INFINITY, body: '' })
    // A hub that fetches before it answers may refuse such a ping.
    for (const { topic } of [long, circle]) await ping(topic)
    await publish(witness.topic)
    await witness.callback.delivery()
    const count = () => circle.topic.fetches.length
    await stays(() => long.callback.deliveries.length === 0 && count() <= requestsMax, {
      expected: `no delivery after ${hops} redirects, and at most ${requestsMax} requests in a circle`,
      found: () => `${long.callback.deliveries.length} deliveries, and ${count()} requests`,
    })
  },
}

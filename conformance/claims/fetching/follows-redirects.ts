import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { redirectBeforeServing } from '../../redirecting.ts'

export const claim: Claim = {
  rows: ['FETCH-02', 'MIG-12'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A fetch follows redirects',
  sends: 'a ping for a topic that redirects three times (301, 302, 307) and then serves',
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, ping }) {
    const { topic, callback } = await subscribed()
    redirectBeforeServing(topic, { hops: 3, body: 'At last.' })
    expectAccepted(await ping(topic), 'a ping')
    await callback.delivery()
  },
}

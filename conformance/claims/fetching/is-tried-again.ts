import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-07'],
  level: 'hardening',
  section: '6',
  title: 'A fetch that failed is tried again, and what it then brings is delivered',
  sends: 'a ping for a topic that answers 500 once',
  expects: 'a second fetch, and a delivery',
  presupposes: ['fetching/takes-only-200-for-content'],
  knobs: ['fetchRetryWithinMs'],
  async run({ subscribed, ping, until, timing, knobs }) {
    const { topic, callback } = await subscribed()
    const before = topic.fetches.length
    const answer = { headers: topic.headers, body: 'Back again.' }
    topic.serves((_, at) => (at === before ? { status: 500 } : answer))
    expectAccepted(await ping(topic), 'a ping')
    await until(() => topic.fetches.length > before + 1, {
      expected: 'a second fetch',
      withinMs: (knobs.fetchRetryWithinMs ?? 0) + timing.deliveryMs,
    })
    await callback.delivery()
  },
}

import { expectAccepted, fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const pings = 20
const fetchesMax = 5

export const claim: Claim = {
  rows: ['PUB-11'],
  level: 'hardening',
  section: '6',
  title: 'Many pings that come while a topic is fetched lead to few further fetches',
  sends: `a ping, and ${pings} more while its fetch is kept waiting`,
  expects: `a delivery, and at most ${fetchesMax} fetches`,
  presupposes: ['publishing/fetches-after-the-last-ping', 'fetching/one-at-a-time', 'publishing/may-poll'],
  holds: true,
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const before = topic.fetches.length
    const count = () => topic.fetches.length - before
    const released = Promise.withResolvers<void>()
    const answer = { headers: topic.headers, body: 'Something new.' }
    topic.serves((_, at) => (at === before ? { ...answer, until: released.promise } : answer))
    await fetchAfterPing(context, topic)
    const answers = await Promise.all(Array.from({ length: pings }, () => context.ping(topic)))
    for (const each of answers) expectAccepted(each, 'a ping during the fetch')
    released.resolve()
    await callback.delivery()
    await context.stays(() => count() <= fetchesMax, {
      expected: `at most ${fetchesMax} fetches after ${pings + 1} pings`,
      found: () => `${count()}`,
    })
  },
}

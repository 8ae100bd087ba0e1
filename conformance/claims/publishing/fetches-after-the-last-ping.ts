import { expectAccepted, fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-11'],
  level: 'hardening',
  section: '6',
  title: 'A ping that comes while the topic is fetched leads to a fetch that begins after it',
  sends:
    'a ping; while its fetch is kept waiting, the topic changes and is pinged again; then the fetch gets the old content',
  expects: 'a delivery of the new content',
  presupposes: ['fetching/delivers-what-is-served', 'publishing/answers-before-it-fetches'],
  holds: true,
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const before = topic.fetches.length
    const released = Promise.withResolvers<void>()
    const { headers } = topic
    topic.serves((_, at) =>
      at === before ? { headers, body: 'As it was.', until: released.promise } : { headers, body: 'As it is now.' },
    )
    await fetchAfterPing(context, topic)
    expectAccepted(await context.ping(topic), 'a ping during the fetch')
    released.resolve()
    await context.until(() => callback.deliveries.some(({ text }) => text.includes('As it is now.')), {
      expected: 'a delivery of what the topic served after the second ping',
      found: () => `${callback.deliveries.length} deliveries, of what it served before`,
      withinMs: context.timing.deliveryMs,
    })
  },
}

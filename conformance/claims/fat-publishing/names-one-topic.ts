import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-01'],
  level: 'extension',
  section: '6',
  title: 'Content that names no topic, or two, is refused',
  sends: 'content with a key and no topic; content whose Link and whose query name different topics',
  expects: 'a 4xx, and nothing delivered',
  presupposes: ['fat-publishing/may-name-the-topic-in-the-query', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const [one, other] = [await subscribedToKeyed(context), await subscribedToKeyed(context)]
    expectRefused(await handOver(context, { body: 'News of nothing.' }), 'content that names no topic')
    const answer = await handOver(context, { topic: one.topic, byQuery: other.topic, body: 'News of what?' })
    expectRefused(answer, 'content that names two topics')
    await Promise.all([one, other].map((keyed) => expectNothingCame(context, keyed)))
  },
}

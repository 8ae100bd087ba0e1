import type { Claim } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-08'],
  level: 'hardening',
  section: '6',
  title: 'A topic whose content was handed over is not fetched: it may be one that cannot be',
  sends: 'content for a topic that answers 500',
  expects: 'a delivery, and no further request to the topic',
  presupposes: ['fat-publishing/is-delivered', 'validation/first-ping-is-always-delivered', 'publishing/may-poll'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context)
    const { length: before } = topic.requests
    await handedOver(context, { topic, body: 'News.' })
    await callback.delivery()
    await context.stays(() => topic.requests.length === before, {
      expected: 'no request to the topic',
      found: () => `${topic.requests.length - before}`,
    })
  },
}

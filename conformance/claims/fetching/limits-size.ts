import { fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-08', 'SEC-11'],
  level: 'hardening',
  section: '6',
  title: 'A topic larger than the hub takes is not delivered, nor a part of it',
  sends: 'a ping for a topic that is one byte larger than the hub was told to deliver',
  expects: 'no delivery of it, while another topic is delivered',
  presupposes: ['publishing/is-delivered'],
  knobs: ['contentBytesMax'],
  async run(context) {
    const [large, witness] = await Promise.all([context.subscribed(), context.subscribed()])
    large.topic.content = Buffer.alloc((context.knobs.contentBytesMax ?? 0) + 1, 'x')
    await fetchAfterPing(context, large.topic)
    await context.publish(witness.topic)
    await witness.callback.delivery()
    await context.stays(() => large.callback.deliveries.length === 0, {
      expected: 'no delivery of a topic that is too large',
      found: () => `one of ${large.callback.deliveries[0]?.body.length} bytes`,
    })
  },
}

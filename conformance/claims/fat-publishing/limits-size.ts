import { type Claim, Ended, expect } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-06'],
  level: 'hardening',
  section: '6',
  title: 'Content larger than the hub delivers is refused, and no part of it delivered',
  sends: 'content of one byte more than the hub was told to deliver',
  expects: 'status 413, or a connection that the hub ends before it has read all; and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey', 'contentBytesMax'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const body = Buffer.alloc((context.knobs.contentBytesMax ?? 0) + 1, 'x')
    const answer = await handOver(context, { topic: keyed.topic, body }).catch((error: unknown) => {
      if (error instanceof Ended) return undefined
      throw error
    })
    const status = answer?.status ?? 413
    expect(status === 413, { expected: 'status 413', found: `status ${status}` })
    await expectNothingCame(context, keyed)
  },
}

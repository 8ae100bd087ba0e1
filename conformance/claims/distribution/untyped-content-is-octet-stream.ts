import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-04'],
  level: 'hardening',
  section: '7',
  title: 'Content that was served without a Content-Type is delivered as application/octet-stream',
  sends: 'a topic whose answer has no Content-Type',
  expects: 'a delivery with Content-Type: application/octet-stream, for the hub knows nothing better',
  presupposes: ['publishing/is-delivered'],
  async run({ topic, subscribed, publish }) {
    const { topic: publisher, callback } = await subscribed({ topic: topic({ type: null }) })
    await publish(publisher, 'a few words')
    const delivery = await callback.delivery()
    const found = headerValue(delivery.headers, 'Content-Type') ?? 'none'
    expect(
      found.toLowerCase() === 'application/octet-stream',
      { expected: 'Content-Type: application/octet-stream', found },
      delivery,
    )
  },
}

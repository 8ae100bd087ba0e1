import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['MIG-08'],
  level: 'MUST*',
  section: '7',
  title: 'A callback moves by a new subscription alone: after it answered 301, the next delivery still goes to it',
  sends: 'two pings; the callback answers the first delivery with 301 and another URL',
  expects: 'the second delivery at the callback itself, and nothing at the other URL',
  presupposes: ['retry/follows-no-redirect'],
  async run({ subscribed, publish, callback: fresh, noted, until, timing }) {
    const { topic, callback } = await subscribed()
    const other = fresh()
    callback.onDelivery({ status: 301, headers: [['Location', other.url]] })
    await publish(topic)
    await noted(await callback.delivery())
    callback.onDelivery({})
    const content = await publish(topic)
    await until(() => [callback, other].some(({ deliveries }) => deliveries.some(({ body }) => body.equals(content))), {
      expected: 'a delivery of the new content to the callback',
      withinMs: timing.deliveryMs,
    })
    const [wrong] = other.deliveries
    if (wrong !== undefined) expect(false, { expected: 'no request to the other URL', found: 'a delivery' }, wrong)
  },
}

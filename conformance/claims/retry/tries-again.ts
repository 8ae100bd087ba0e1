import { type Claim, expect, skip } from '../../claim.ts'
import { retry, retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-04'],
  level: 'SHOULD',
  section: '7',
  title: 'A delivery that failed is tried again',
  sends:
    'a delivery answered with 500; where --retry-within is told, twice. A hub that takes longer than the suite waits is skipped, unless --retry-within says how long that is',
  expects: 'a further POST with the same body each time',
  presupposes: ['distribution/comes-once'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const failures = context.knobs.retryWithinMs === undefined ? 1 : 2
    callback.onDelivery((_, before) => ({ status: before < failures ? 500 : 200 }))
    const content = await context.publish(topic)
    await callback.delivery()
    if (context.knobs.retryWithinMs === undefined) {
      const seen = await context.happens(() => callback.deliveries.length > 1, retryMs(context))
      if (!seen) skip(`no retry came within ${retryMs(context) / 1000} s: --retry-within tells how long to wait`)
    }
    for (let failed = 0; failed < failures; failed++) await retry(context, callback)
    const others = callback.deliveries.filter(({ body }) => !body.equals(content))
    expect(
      others.length === 0,
      { expected: 'the same body each time', found: `${others.length} with another` },
      ...others,
    )
  },
}

import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['RETRY-18'],
  level: 'compat',
  section: '7',
  title: 'A subscriber that accepted twice and then answers 410 gets nothing more: some leave in no other way',
  sends: 'three updates, answered with 200, 200 and 410; then another',
  expects: 'no delivery of it, while another subscriber gets one',
  presupposes: ['retry/may-end-on-410'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    callback.onDelivery((_, before) => ({ status: before < 2 ? 200 : 410 }))
    for (const _ of ['first', 'second', 'third']) {
      await context.publish(topic)
      await context.noted(await callback.delivery())
    }
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that answered 410' }])
  },
}

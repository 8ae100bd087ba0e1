import type { Claim } from '../../claim.ts'
import { freshContent, retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-05'],
  level: 'MUST',
  section: '7',
  title: 'When a notification is given up the subscription stays: the next update is delivered',
  sends: 'an update that the callback answers with 500 until it has been given up; then another, answered with 200',
  expects: 'a delivery of the second update',
  presupposes: ['retry/only-410-ends-a-subscription'],
  knobs: ['givesUpWithinMs'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const wanted = freshContent()
    callback.onDelivery(({ text }) => ({ status: text === wanted ? 200 : 500 }))
    await context.publish(topic)
    await callback.delivery()
    await context.settle(context.knobs.givesUpWithinMs)
    await context.publish(topic, wanted)
    await context.until(() => callback.deliveries.some(({ text }) => text === wanted), {
      expected: 'a delivery of the second update',
      withinMs: retryMs(context),
    })
  },
}

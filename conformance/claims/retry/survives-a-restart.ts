import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import type { Claim } from '../../claim.ts'
import { retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-14'],
  level: 'hardening',
  section: '7',
  title: 'What is still to be delivered survives the end of the hub',
  sends:
    'an update whose delivery is answered with 500; then the hub is ended and started again. A retry before that is not answered',
  expects: 'a second POST with the update, that the hub has read the answer to',
  presupposes: [
    'retry/a-lost-answer-is-a-failure',
    'distribution/waits-for-an-answer',
    'subscription/survives-a-restart',
  ],
  knobs: ['restartCommand'],
  alone: true,
  holds: true,
  async run(context) {
    const { timing, knobs } = context
    const { topic, callback } = await context.subscribed()
    const restarted = Promise.withResolvers<void>()
    callback.onDelivery((_, before) => (before === 0 ? { status: 500 } : { until: restarted.promise }))
    await context.publish(topic)
    await callback.delivery()
    await promisify(exec)(knobs.restartCommand ?? '')
    await context.settle() // Until the connections of the hub that ended are seen to have ended.
    restarted.resolve()
    await context.until(() => callback.deliveries.slice(1).some(({ answeredWhole }) => answeredWhole), {
      expected: 'a further POST with the update',
      // What was open when the hub ended may have to lapse.
      withinMs: timing.deliveryMs + retryMs(context) + (knobs.deliveryTimeoutMs ?? 0),
    })
  },
}

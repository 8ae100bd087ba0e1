import type { Claim } from '../../claim.ts'
import { retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-02'],
  level: 'MUST',
  section: '7',
  title: 'A delivery that is never answered has failed and is tried again',
  sends: 'an update whose delivery is not answered',
  expects: 'a second POST, once the hub has stopped waiting',
  presupposes: ['retry/tries-again'],
  holds: true,
  knobs: ['deliveryTimeoutMs'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    callback.onDelivery((_, before) => (before === 0 ? { fault: 'hang' } : {}))
    await context.publish(topic)
    await callback.delivery()
    await callback.delivery((context.knobs.deliveryTimeoutMs ?? 0) + retryMs(context))
  },
}

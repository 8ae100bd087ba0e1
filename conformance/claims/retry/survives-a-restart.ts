import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import type { Claim } from '../../claim.ts'
import { retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-14'],
  level: 'hardening',
  section: '7',
  title: 'What is still to be delivered survives the end of the hub',
  sends: 'an update whose delivery is answered with 500; then the hub is ended and started again',
  expects: 'a second POST with the update',
  presupposes: ['retry/tries-again'],
  knobs: ['restartCommand'],
  alone: true,
  async run(context) {
    const { topic, callback } = await context.subscribed()
    callback.onDelivery({ status: 500 })
    await context.publish(topic)
    await context.noted(await callback.delivery())
    await promisify(exec)(context.knobs.restartCommand ?? '')
    callback.onDelivery({})
    const tried = callback.deliveries.length
    await context.until(() => callback.deliveries.length > tried, {
      expected: 'a further POST with the update',
      withinMs: retryMs(context),
    })
  },
}

import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-22'],
  level: 'hardening',
  section: '6',
  title: 'A ping that was accepted is served though the hub ended at once after it',
  sends: 'a ping; when it is answered, the hub is ended and started again. The topic answers no fetch before that',
  expects: 'a delivery',
  presupposes: [
    'publishing/is-delivered',
    'publishing/answers-before-it-fetches',
    'validation/first-ping-is-always-delivered',
    'subscription/survives-a-restart',
  ],
  knobs: ['restartCommand'],
  alone: true,
  holds: true,
  async run({ subscribed, ping, knobs, timing }) {
    const { topic, callback } = await subscribed()
    const restarted = Promise.withResolvers<void>()
    topic.serves({ headers: topic.headers, body: 'Something new.', until: restarted.promise })
    expectAccepted(await ping(topic), 'the ping')
    await promisify(exec)(knobs.restartCommand ?? '')
    restarted.resolve()
    // What was open when the hub ended may have to lapse.
    await callback.delivery(2 * timing.deliveryMs + (knobs.fetchTimeoutMs ?? 0))
  },
}

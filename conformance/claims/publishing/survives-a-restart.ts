import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-22'],
  level: 'hardening',
  section: '6',
  title: 'A ping that was accepted is served though the hub ended at once after it',
  sends: 'a ping; when it is answered, the hub is ended and started again',
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered'],
  knobs: ['restartCommand'],
  alone: true,
  async run({ subscribed, ping, knobs }) {
    const { topic, callback } = await subscribed()
    topic.content = 'Something new.'
    expectAccepted(await ping(topic), 'the ping')
    await promisify(exec)(knobs.restartCommand ?? '')
    await callback.delivery()
  },
}

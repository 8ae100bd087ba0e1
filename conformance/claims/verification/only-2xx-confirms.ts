import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

const statuses = [400, 401, 403, 404, 410, 500, 503]

export const claim: Claim = {
  rows: ['VER-12', 'DIST-14'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A 4xx or 5xx in answer to a verification confirms nothing, even if it echoes the challenge',
  sends: `subscriptions whose callbacks echo the challenge with ${statuses.join(', ')}; then a ping`,
  expects: 'no delivery to any of them, while a subscriber that confirmed gets one',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const topic = context.topic()
    const silent = statuses.map((status) => {
      const callback = context.callback()
      callback.onVerification((arrival) => ({ ...echo(arrival), status }))
      return { callback, whom: `the callback that answered ${status}` }
    })
    await Promise.all(
      silent.map(async ({ callback }) => {
        await context.subscribe(topic, callback)
        await context.noted(await callback.verification())
      }),
    )
    await expectNoDelivery(context, topic, silent)
  },
}

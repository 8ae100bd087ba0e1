import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-19'],
  level: 'compat',
  section: '5.1',
  title: 'A ping with hub.callback is a ping: nobody is subscribed by it',
  sends: 'hub.mode=publish and hub.url, with hub.callback and a parameter that does not exist',
  expects: 'a 2xx, a delivery to the topic’s subscriber, and no request to that callback',
  presupposes: ['publishing/is-delivered', 'subscription/ignores-unknown-parameters'],
  pings: true,
  async run(context) {
    const topic = context.topic()
    const stray = context.callback()
    const name = await context.pingName()
    const fields = { 'hub.mode': 'publish', [name]: topic.url, 'hub.callback': stray.url, foo: '1' }
    await expectReached(context, 'a ping with further fields', [topic], () => context.post(fields))
    await context.stays(() => stray.requests.length === 0, {
      expected: 'no request to the callback that the ping named',
      found: () => `a ${stray.requests[0]?.exchange.what}`,
    })
  },
}

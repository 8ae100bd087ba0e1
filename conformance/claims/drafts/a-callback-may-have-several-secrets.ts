import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import type { Arrival, Callback } from '../../peers.ts'

export const claim: Claim = {
  rows: ['PSH-11'],
  level: 'compat',
  section: '5.1',
  title: 'A callback may have another secret for each topic: 0.3 forbade that, the Recommendation does not',
  sends: 'subscriptions of one callback to two topics, each with a secret of its own; a ping for each',
  expects: 'a 2xx each, and a delivery of each topic signed with that topic’s secret',
  presupposes: ['subscription/is-by-topic-and-callback', 'signing/verifies'],
  async run({ callback, subscribed, publish }) {
    const subscriber = callback()
    const subscribe = (secret: string) => subscribed({ callback: subscriber, fields: { 'hub.secret': secret } })
    const [first, second] = [await subscribe('one secret'), await subscribe('another secret')]
    const one = await publish(first.topic)
    expectSigned(await deliveryOf(subscriber, one), 'one secret', 'the secret of the first topic')
    const other = await publish(second.topic)
    expectSigned(await deliveryOf(subscriber, other), 'another secret', 'the secret of the second topic')
  },
}

async function deliveryOf(callback: Callback, content: Buffer): Promise<Arrival> {
  const delivery = await callback.delivery()
  return delivery.body.equals(content) ? delivery : deliveryOf(callback, content)
}

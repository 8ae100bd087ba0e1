import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['RETRY-07', 'RETRY-08'],
  level: 'MUST*',
  section: '7',
  title:
    'A 410 ends the subscription it answers at most: no other of the topic, and none of the callback to another topic',
  sends:
    'two subscriptions to one topic, and a third of the first callback to another topic; an update that the first callback answers with 410; then an update of each topic',
  expects: 'the update of the first topic at the second callback, that of the other topic at the first',
  presupposes: ['distribution/reaches-each-subscription', 'subscription/is-by-topic-and-callback'],
  async run(context) {
    const { topic, callback: leaving } = await context.subscribed()
    const { callback: staying } = await context.subscribed({ topic })
    const { topic: other } = await context.subscribed({ callback: leaving })
    leaving.onDelivery((_, before) => ({ status: before === 0 ? 410 : 200 }))
    const contents = [await context.publish(topic)]
    await context.noted(await leaving.delivery())
    contents.push(await context.publish(topic), await context.publish(other))
    const [, second, third] = contents
    await context.until(() => staying.deliveries.some(({ body }) => second?.equals(body)), {
      expected: 'the second update at the callback that answered the first with 200',
      found: () => 'none',
      withinMs: context.timing.deliveryMs,
    })
    await context.until(() => leaving.deliveries.some(({ body }) => third?.equals(body)), {
      expected: 'the update of the other topic at the callback that answered 410 to one of the first',
      found: () => 'none',
      withinMs: context.timing.deliveryMs,
    })
  },
}

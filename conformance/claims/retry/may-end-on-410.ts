import { type Claim, observed } from '../../claim.ts'
import { freshContent } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-07'],
  level: 'MAY',
  section: '7',
  title: 'A 410 in answer to a delivery may end the subscription, and another can be had at once',
  sends:
    'a delivery answered with 410; an update; then the same subscription again, confirmed, and another update. Whether the first update comes is noted',
  expects: 'a verification of the new subscription, and a delivery of the last update',
  presupposes: ['distribution/reaches-each-subscription'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    callback.onDelivery(() => ({ status: 410 }))
    await context.publish(topic)
    await context.noted(await callback.delivery())
    const before = callback.requests.length
    callback.onDelivery({})
    const witness = await context.subscribed({ topic })
    await context.publish(topic)
    await witness.callback.delivery()
    const kept = await context.happens(() => callback.requests.length > before, context.timing.quietMs)
    const [next] = callback.requests.slice(before)
    const last = freshContent()
    await context.subscribed({ topic, callback })
    await context.publish(topic, last)
    await context.until(() => callback.deliveries.some(({ text }) => text === last), {
      expected: 'a delivery to the subscription that was asked for after the 410',
      withinMs: context.timing.deliveryMs,
    })
    return observed(kept ? `a 410 is followed by a ${next?.exchange.what}` : 'a 410 ends the subscription, in silence')
  },
}

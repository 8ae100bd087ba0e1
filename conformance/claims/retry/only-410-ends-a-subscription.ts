import type { Claim } from '../../claim.ts'
import { callbackApart, freshContent, retryMs } from '../../retries.ts'

const statuses = [301, 400, 401, 403, 404, 405, 429, 451, 500, 501, 503]

export const claim: Claim = {
  rows: ['RETRY-08'],
  level: 'MUST*',
  section: '7',
  title: 'No status but 410 ends a subscription',
  sends: `an update that every callback answers with its own status the first time: ${statuses.join(', ')}; then another`,
  expects: 'a delivery of the second update to each, no later than a retry would come (--retry-within)',
  presupposes: ['distribution/reaches-each-subscription'],
  async run(context) {
    const topic = context.topic()
    const wanted = freshContent()
    const subscribers = await Promise.all(
      statuses.map(async (status) => {
        const callback = await callbackApart(context)
        // Only once: what becomes of a subscription when a notification was given up is another claim's question.
        callback.onDelivery((_, before) => ({ status: before === 0 ? status : 200 }))
        await context.subscribed({ topic, callback })
        return { status, callback }
      }),
    )
    await context.publish(topic)
    await Promise.all(subscribers.map(async ({ callback }) => context.noted(await callback.delivery())))
    await context.publish(topic, wanted)
    const missing = () => subscribers.filter(({ callback }) => !callback.deliveries.some(({ text }) => text === wanted))
    await context.until(() => missing().length === 0, {
      expected: 'the second update at each callback',
      found: () =>
        `none at those that answered the first with ${missing()
          .map(({ status }) => status)
          .join(', ')}`,
      withinMs: retryMs(context),
    })
  },
}

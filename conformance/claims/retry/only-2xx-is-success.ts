import type { Claim } from '../../claim.ts'
import { callbackApart, retryMs } from '../../retries.ts'

const statuses = [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 429, 500, 501, 502, 503, 504]

export const claim: Claim = {
  rows: ['RETRY-02'],
  level: 'MUST',
  section: '7',
  title: 'A delivery answered with anything but a 2xx has failed and is tried again',
  sends: `deliveries answered with ${statuses.join(', ')}, each only the first time`,
  expects: 'a second POST to each callback',
  presupposes: ['retry/tries-again', 'retry/only-410-ends-a-subscription', 'retry/follows-no-redirect'],
  async run(context) {
    const topic = context.topic()
    const subscribers = await Promise.all(
      statuses.map(async (status) => {
        const callback = await callbackApart(context)
        const headers = status < 400 ? ([['Location', context.callback().url]] as const) : []
        callback.onDelivery((_, before) => (before === 0 ? { status, headers } : {}))
        await context.subscribed({ topic, callback })
        return { status, callback }
      }),
    )
    await context.publish(topic)
    await Promise.all(subscribers.map(({ callback }) => callback.delivery()))
    const missing = () => subscribers.filter(({ callback }) => callback.deliveries.length < 2)
    await context.until(() => missing().length === 0, {
      expected: 'a second POST to each callback',
      found: () =>
        `none after ${missing()
          .map(({ status }) => status)
          .join(', ')}`,
      withinMs: retryMs(context),
    })
  },
}

import { fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const statuses = [204, 206, 403, 404, 410, 500, 503]

export const claim: Claim = {
  rows: ['FETCH-07', 'FETCH-13'],
  level: 'hardening',
  section: '6',
  title: 'Nothing but a 200 is content: error pages are not delivered',
  sends: `pings for topics that answer ${statuses.join(', ')}, with a body where there may be one`,
  expects: 'no delivery, while a topic that answers 200 is delivered',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const subscriptions = await Promise.all(
      statuses.map(async (status) => ({ status, ...(await context.subscribed()) })),
    )
    const witness = await context.subscribed()
    for (const { status, topic } of subscriptions) {
      topic.serves({ status, headers: topic.headers, ...(status === 204 ? {} : { body: `This is a ${status}.` }) })
    }
    await Promise.all(subscriptions.map(({ topic }) => fetchAfterPing(context, topic)))
    await context.publish(witness.topic)
    await witness.callback.delivery()
    const reached = () => subscriptions.filter(({ callback }) => callback.deliveries.length > 0)
    await context.stays(() => reached().length === 0, {
      expected: `no delivery for ${statuses.join(', ')}`,
      found: () => `one for ${reached().map(({ status }) => status)}`,
    })
  },
}

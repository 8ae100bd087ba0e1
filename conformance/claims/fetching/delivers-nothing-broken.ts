import { fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const endings = [
  { fault: 'truncate', where: 'in the middle of a body whose Content-Length it had told' },
  { fault: 'abort', where: 'in the middle of a chunked body' },
] as const

export const claim: Claim = {
  rows: ['FETCH-07'],
  level: 'hardening',
  section: '6',
  title: 'A body that did not come whole is not delivered',
  sends: `pings for topics that end the connection ${endings.map(({ where }) => where).join(', and ')}`,
  expects: 'no delivery, while a topic that answers whole is delivered',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const some = await Promise.all(endings.map(async (ending) => ({ ...ending, ...(await context.subscribed()) })))
    const witness = await context.subscribed()
    for (const { fault, topic } of some) {
      topic.serves({ headers: topic.headers, body: 'The first half; the second half.', fault })
    }
    await Promise.all(some.map(({ topic }) => fetchAfterPing(context, topic)))
    await context.publish(witness.topic)
    await witness.callback.delivery()
    const reached = () => some.filter(({ callback }) => callback.deliveries.length > 0)
    await context.stays(() => reached().length === 0, {
      expected: 'no delivery of half a body',
      found: () => `one of what ended ${reached().map(({ where }) => where)}`,
    })
  },
}

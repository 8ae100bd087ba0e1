import { fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-13'],
  level: 'hardening',
  section: '5.2',
  title: 'A topic that is not there for once keeps its subscribers',
  sends: 'a ping while the topics answer 404 and 410, then a ping when they are back',
  expects: 'a delivery when they are back',
  presupposes: ['fetching/takes-only-200-for-content'],
  async run(context) {
    await Promise.all(
      [404, 410].map(async (status) => {
        const { topic, callback } = await context.subscribed()
        topic.serves({ status })
        await context.noted(await fetchAfterPing(context, topic))
        topic.serves(() => ({ headers: topic.headers, body: topic.content }))
        await context.publish(topic)
        await callback.delivery()
      }),
    )
  },
}

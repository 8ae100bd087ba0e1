import { fetchAfterPing } from '../../checks.ts'
import { type Claim, observed, skip } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-16'],
  level: 'compat',
  section: '6',
  title: 'A ping that comes before the content can be seen may be served by a later fetch',
  sends: 'a ping for a topic that has not changed yet; it changes after the fetch',
  expects: 'whether the hub fetches again by itself; then a delivery',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const { timing, now } = context
    const { topic, callback } = await context.subscribed()
    const content = await context.publish(topic)
    await context.noted(await callback.delivery())
    const { headers, fetches } = topic
    const before = fetches.length
    topic.serves((_, at) => ({ headers, body: at === before ? content : 'What the ping was about.' }))
    await fetchAfterPing(context, topic)
    const fetchedAtMs = now()
    const looked = await context.happens(() => fetches.length > before + 1, timing.deliveryMs)
    if (!looked) skip(`it did not fetch again within ${timing.deliveryMs / 1000} s; it need not`)
    const again = `it fetched again after ${((now() - fetchedAtMs) / 1000).toFixed(1)} s`
    await callback.delivery()
    return observed(again)
  },
}

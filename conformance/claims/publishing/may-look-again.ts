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
    await context.publish(topic)
    await context.noted(await callback.delivery())
    await context.noted(await fetchAfterPing(context, topic))
    const [fetched, fetchedAtMs] = [topic.fetches.length, now()]
    topic.content = 'What the ping was about.'
    const looked = await context.happens(() => topic.fetches.length > fetched, timing.deliveryMs)
    if (!looked) skip(`it did not fetch again within ${timing.deliveryMs / 1000} s; it need not`)
    const again = `it fetched again after ${((now() - fetchedAtMs) / 1000).toFixed(1)} s`
    await callback.delivery()
    return observed(again)
  },
}

import { fetchAfterPing } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-15'],
  level: 'hardening',
  section: '2',
  title: 'A ping for what has not changed is delivered at most once more',
  sends: 'two pings, between which the topic does not change',
  expects: 'no delivery for the second ping, or one',
  presupposes: ['fetching/reaches-newcomers', 'distribution/comes-once'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    await context.ping(topic)
    await context.noted(await callback.delivery())
    await fetchAfterPing(context, topic)
    await context.stays(() => callback.deliveries.length <= 2, {
      expected: 'at most one delivery for each ping',
      found: () => `${callback.deliveries.length} for two pings`,
    })
    return observed(callback.deliveries.length === 2 ? 'it delivers the same again' : 'it delivers nothing')
  },
}

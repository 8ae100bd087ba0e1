import { fetchAfterPing } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-03'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'Where the topic answers 304 there is nothing to deliver',
  sends:
    'two pings for a topic that answers the second fetch, which is conditional, with 304; then one after it changed',
  expects: 'no delivery for the second ping, one for the third',
  presupposes: ['fetching/asks-conditionally', 'fetching/may-repeat-what-is-known'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const plain = topic.headers
    topic.headers = [...plain, ['Last-Modified', 'Tue, 03 Jan 2023 10:00:00 GMT'], ['ETag', '"a"']]
    await context.publish(topic)
    await context.noted(await callback.delivery())
    const { headers } = topic
    topic.serves({ status: 304, headers })
    await fetchAfterPing(context, topic)
    await context.stays(() => callback.deliveries.length === 1, {
      expected: 'no delivery after a 304',
      found: () => `${callback.deliveries.length - 1}`,
    })
    const newer = [
      ['Last-Modified', 'Wed, 04 Jan 2023 10:00:00 GMT'],
      ['ETag', '"b"'],
    ] as const
    topic.serves({ headers: [...plain, ...newer], body: 'The third.' })
    await context.ping(topic)
    const delivery = await callback.delivery()
    const expected = 'a delivery of what the topic served next'
    expect(delivery.text === 'The third.', { expected, found: delivery.text }, delivery)
  },
}

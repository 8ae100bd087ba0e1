import { expectAccepted, fetchAfterPing } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-14'],
  level: 'hardening',
  section: '6',
  title: 'While one server does not answer, topics of others are fetched',
  sends: 'pings for five topics of a server that does not answer, then one for a topic of another server',
  expects: 'a delivery of the latter while the former still wait',
  presupposes: ['publishing/answers-before-it-fetches'],
  holds: true,
  async run(context) {
    const place = await context.elsewhere()
    const [first, other] = await Promise.all([
      context.subscribed(),
      context.subscribed({ topic: context.topic({ at: place }) }),
    ])
    const more = (await Promise.all([1, 2, 3, 4].map(() => context.subscribed()))).map(({ topic }) => topic)
    for (const topic of [first.topic, ...more]) topic.serves({ fault: 'hang' })
    const waiting = await fetchAfterPing(context, first.topic)
    for (const topic of more) expectAccepted(await context.ping(topic), 'a ping')
    await context.publish(other.topic)
    const delivery = await other.callback.delivery()
    const found = 'a delivery only after the hub had given that up'
    const expected = 'a delivery while the other server still keeps the hub waiting'
    expect(waiting.endedAtMs === undefined, { expected, found }, delivery, waiting)
  },
}

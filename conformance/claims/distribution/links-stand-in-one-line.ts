import { type Claim, expect } from '../../claim.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-07'],
  level: 'SHOULD',
  section: '7',
  title: 'Both links of a delivery stand in a single Link header',
  sends: 'a ping for a topic with a verified subscription',
  expects: 'one Link line',
  presupposes: ['distribution/names-the-hub', 'distribution/names-the-topic'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    const lines = headerLines(delivery.headers, 'Link')
    expect(lines.length === 1, { expected: 'one Link line', found: `${lines.length}` }, delivery)
  },
}

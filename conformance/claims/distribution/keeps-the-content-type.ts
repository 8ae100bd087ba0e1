import { type Claim, expect } from '../../claim.ts'
import { headerLines } from '../../wire.ts'

const types = [
  'text/html; charset=UTF-8',
  'text/plain;charset=UTF-8',
  'application/json',
  'application/atom+xml;charset=utf-8',
  'text/plain; charset="x"',
  'Application/Vnd.Example.Odd; Version=1; charset=utf-8',
]

export const claim: Claim = {
  rows: ['DIST-03', 'PSH-12'],
  level: 'MUST',
  section: '7',
  title: "A delivery has the topic's Content-Type as it was served: parameters, spacing and case",
  sends: `topics with Content-Type: ${types.join(', or ')}`,
  expects: 'the same value, as a string, in one Content-Type line',
  presupposes: ['publishing/is-delivered'],
  async run({ topic, subscribed, publish }) {
    await Promise.all(
      types.map(async (type) => {
        const { topic: publisher, callback } = await subscribed({ topic: topic({ type }) })
        await publish(publisher, '{"entries": "none yet"}')
        const delivery = await callback.delivery()
        const found = headerLines(delivery.headers, 'Content-Type')
        expect(
          found.length === 1 && found[0] === type,
          { expected: `Content-Type: ${type}`, found: found.length === 0 ? 'none' : found.join(' and ') },
          delivery,
        )
      }),
    )
  },
}

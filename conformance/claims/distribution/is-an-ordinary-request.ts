import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-17'],
  level: 'hardening',
  section: '7',
  title: 'A delivery tells its length and needs nothing that small receivers do not offer',
  sends: 'a ping for a topic with a verified subscription',
  expects: 'Content-Length, and no Transfer-Encoding, Content-Encoding or Expect',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    const length = headerValue(delivery.headers, 'Content-Length')
    expect(
      length === String(delivery.body.length),
      { expected: `Content-Length: ${delivery.body.length}`, found: length ?? 'none' },
      delivery,
    )
    const unwanted = ['Transfer-Encoding', 'Content-Encoding', 'Expect'].flatMap((name) => {
      const value = headerValue(delivery.headers, name)
      return value === undefined ? [] : [`${name}: ${value}`]
    })
    expect(
      unwanted.length === 0,
      { expected: 'no Transfer-Encoding, Content-Encoding or Expect', found: unwanted.join(', ') },
      delivery,
    )
  },
}

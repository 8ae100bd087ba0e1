import { type Claim, expect } from '../../claim.ts'
import type { Header } from '../../wire.ts'

const mark = 'mark7f3a'

const lines: readonly Header[] = [
  ['Set-Cookie', `session=${mark}`],
  ['ETag', `"${mark}"`],
  ['Server', mark],
  ['X-Powered-By', mark],
  ['X-Foo', mark],
  ['Via', `1.1 ${mark}`],
]

export const claim: Claim = {
  rows: ['DIST-16'],
  level: 'hardening',
  section: '7',
  title: "A topic's other response headers are not handed on",
  sends: `a topic that answers with ${lines.map(([name]) => name).join(', ')}`,
  expects: 'a delivery in which none of their values stands',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    topic.headers = [...topic.headers, ...lines]
    await publish(topic)
    const delivery = await callback.delivery()
    const found = delivery.headers.filter(([, value]) => value.includes(mark)).map(([name]) => name)
    expect(found.length === 0, { expected: 'none of them', found: found.join(', ') }, delivery)
  },
}

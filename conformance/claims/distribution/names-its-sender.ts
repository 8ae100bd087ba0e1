import { type Claim, expect, observed } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

/** What any request may have (RFC 9110), and what WebSub adds; a prefix of its own marks everything else (RFC 6648 §3). */
const usual =
  /^(host|user-agent|accept|accept-(charset|encoding|language)|authorization|connection|keep-alive|te|upgrade|content-(length|type|language)|link|date|from|via|forwarded|priority|digest|signature|origin|referer|trailer|baggage|cache-control|pragma|traceparent|tracestate|transfer-encoding|content-encoding|expect|x-hub-signature)$/i

export const claim: Claim = {
  rows: ['DIST-22'],
  level: 'hardening',
  section: '7',
  title: 'A delivery says who sends it, and headers of its own have a prefix',
  sends: 'a ping for a topic with a verified subscription',
  expects: 'a User-Agent; every header that HTTP and WebSub do not define begins with X- or a name and a hyphen',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    const agent = headerValue(delivery.headers, 'User-Agent') ?? ''
    expect(agent.trim() !== '', { expected: 'a User-Agent', found: 'none' }, delivery)
    const own = delivery.headers.map(([name]) => name).filter((name) => !usual.test(name))
    const bare = own.filter((name) => !/^[a-z0-9]+-/i.test(name))
    expect(bare.length === 0, { expected: 'a prefix to each', found: bare.join(', ') }, delivery)
    return observed(own.length === 0 ? agent : `${agent}; ${own.join(', ')}`)
  },
}

import { type Claim, expect } from '../../claim.ts'
import { normalized } from '../../exactness.ts'
import { headerValue } from '../../wire.ts'

const suffixes = [
  '',
  '?xhub.subscription=1&b=%20&c=d+e&a=2',
  '/%7euser/%C3%A9/./x;y?hub.mode=mine&empty=&bare',
  '/UPPER%2flower?',
]

export const claim: Claim = {
  rows: ['DIST-11', 'DIST-12', 'PSH-07', 'SEC-16'],
  level: 'MUST',
  section: '5.1.1, 8.3',
  title: 'A delivery goes to exactly the callback that was given, its query kept and nothing added',
  sends: `subscriptions whose callbacks end in ${suffixes.filter((suffix) => suffix !== '').join(', ')}; a ping each`,
  expects:
    'POSTs whose request-target and Host are those of the callback, but for what RFC 3986 §6.2.2 calls equivalent',
  presupposes: ['publishing/is-delivered', 'verification/keeps-the-callbacks-query'],
  async run({ callback, subscribed, publish }) {
    await Promise.all(
      suffixes.map(async (suffix) => {
        const { topic, callback: subscriber } = await subscribed({ callback: callback({ suffix }) })
        await publish(topic)
        const delivery = await subscriber.delivery()
        const found = `http://${headerValue(delivery.headers, 'Host')}${delivery.target}`
        const given = subscriber.url.replace(/^https:/, 'http:')
        expect(
          normalized(found) === normalized(given),
          { expected: `a POST to ${given}`, found: `one to ${found}` },
          delivery,
        )
      }),
    )
  },
}

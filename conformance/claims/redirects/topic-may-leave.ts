import { expectAccepted } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['MIG-09', 'MIG-10'],
  level: 'MUST*',
  section: '5.2, 6.1, 7',
  title:
    'While leases run they are served, though the topic no longer names this hub; or they are cancelled by a denial',
  sends: 'a ping for a topic that names another hub since it was subscribed to',
  expects: 'a 2xx, and a delivery; or hub.mode=denied, which is noted: only silence is wrong',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, ping, until, timing }) {
    const { topic, callback } = await subscribed()
    topic.headers = [
      ['Content-Type', 'text/html; charset=UTF-8'],
      ['Link', `<https://hub.example/>; rel="hub", <${topic.url}>; rel="self"`],
    ]
    topic.content = 'Something new.'
    expectAccepted(await ping(topic), 'a ping')
    await until(() => callback.deliveries.length + callback.denials.length > 0, {
      expected: 'a delivery or a denial at the callback',
      withinMs: timing.deliveryMs,
    })
    const [denial] = callback.denials
    if (denial === undefined) return
    return observed(`it cancels by a denial: ${parameter(denial, 'hub.reason') ?? 'without a reason'}`)
  },
}

import { encodeForm, formType } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['MIG-11'],
  level: 'hardening',
  section: '8.2',
  title: 'All URLs of the hub are one hub: who subscribed at one is served by a ping at another',
  sends: 'a subscription at the hub URL, then a ping at the other; where that redirects, to its Location',
  expects: 'a 2xx, and a delivery',
  presupposes: ['discovery/aliases-take-posts', 'publishing/is-delivered'],
  pings: true,
  knobs: ['aliasUrl'],
  async run({ subscribed, send, toward, pingName, knobs: { aliasUrl = '' } }) {
    const { topic, callback } = await subscribed()
    topic.content = 'Something new.'
    const answer = await toward(aliasUrl).ping(topic)
    const location =
      answer.status === 307 || answer.status === 308 ? headerValue(answer.headers, 'Location') : undefined
    const body = encodeForm({ 'hub.mode': 'publish', [await pingName()]: topic.url })
    const last =
      location === undefined ? answer : await send({ what: 'ping', url: location, headers: [formType], body })
    expectAccepted(last, 'a ping')
    await callback.delivery()
  },
}

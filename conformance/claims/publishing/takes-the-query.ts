import { encodeForm } from '../../asking.ts'
import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-23'],
  level: 'compat',
  section: '6',
  title: 'A ping may stand in the hub URL’s query, the body empty, as shell one-liners write it',
  sends: 'a POST to the hub URL with ?hub.mode=publish&hub.url=…, and no body',
  expects: 'a 2xx, and a delivery',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run(context) {
    const topic = context.topic()
    const query = encodeForm({ 'hub.mode': 'publish', [await context.pingName()]: topic.url })
    const url = `${context.hub}${context.hub.includes('?') ? '&' : '?'}${query}`
    await expectReached(context, 'a ping in the query', [topic], () => context.send({ what: 'ping', url }))
  },
}

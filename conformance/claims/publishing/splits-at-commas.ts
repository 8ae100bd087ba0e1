import { formType } from '../../asking.ts'
import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-06'],
  level: 'compat',
  section: '6',
  title: 'A hub.url may be a list of percent-encoded URLs with plain commas between them',
  sends: 'hub.mode=publish&hub.url=http%3A…,http%3A…, as Known sends it, for topics with a subscription each',
  expects: 'a 2xx, and a delivery for either topic',
  presupposes: ['publishing/takes-several-topics', 'publishing/takes-hub-url'],
  pings: true,
  async run(context) {
    const topics = [context.topic(), context.topic()]
    const body = `hub.mode=publish&hub.url=${topics.map(({ url }) => encodeURIComponent(url)).join(',')}`
    const ping = () => context.send({ what: 'ping', headers: [formType], body })
    await expectReached(context, 'a ping with a list', topics, ping)
  },
}

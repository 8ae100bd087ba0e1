import { expectReached } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-06'],
  level: 'compat',
  section: '6',
  title: 'A comma within a topic’s URL does not end it',
  sends: 'a ping for a topic whose URL ends in /a,b?c=d,e; the commas are percent-encoded',
  expects: 'a 2xx, and a delivery',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const topic = context.topic({ suffix: '/a,b?c=d,e' })
    await expectReached(context, 'a ping for a URL with commas', [topic], () => context.ping(topic))
  },
}

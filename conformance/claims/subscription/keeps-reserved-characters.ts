import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-23'],
  level: 'MUST*',
  section: '5.1.1',
  title: 'Percent-encoded reserved characters stay what they are: /a%2Fb is not /a/b',
  sends: 'a subscription to …/a%2Fb, then a ping for …/a/b; neither names itself by rel=self',
  expects: 'no delivery, while a subscriber of …/a/b gets one',
  presupposes: ['publishing/is-delivered', 'validation/first-ping-is-always-delivered'],
  async run(context) {
    const links = [['Link', `<${context.hub}>; rel="hub"`]] as const
    const encoded = context.topic({ suffix: '/a%2Fb', links })
    const { callback } = await context.subscribed({ topic: encoded })
    const decoded = { ...encoded, url: encoded.url.replace('%2F', '/') }
    await expectNoDelivery(context, decoded, [{ callback, whom: 'the subscriber of …/a%2Fb' }])
  },
}

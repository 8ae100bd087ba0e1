import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-23'],
  level: 'MUST*',
  section: '5.1.1',
  title: 'Percent-encoded reserved characters stay what they are: /a%2Fb is not /a/b',
  sends: 'a subscription to …/a%2Fb, then a ping for …/a/b, which names itself so',
  expects: 'no delivery, while a subscriber of …/a/b gets one',
  presupposes: ['publishing/is-delivered', 'validation/first-ping-is-always-delivered'],
  async run(context) {
    const encoded = context.topic({ suffix: '/a%2Fb' })
    const { callback } = await context.subscribed({ topic: encoded })
    const decoded = { ...encoded, url: encoded.url.replace('%2F', '/') }
    const link = `<${context.hub}>; rel="hub", <${decoded.url}>; rel="self"`
    encoded.headers = [encoded.headers[0] ?? ['Content-Type', 'text/html'], ['Link', link]]
    await expectNoDelivery(context, decoded, [{ callback, whom: 'the subscriber of …/a%2Fb' }])
  },
}

import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-23'],
  level: 'MUST',
  section: '5.1.1',
  title: 'Percent-encoded unreserved characters are decoded before topics are compared',
  sends: 'a subscription to …/%7Ea%2db, then a ping for …/~a-b, which now names itself so',
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered'],
  async run({ hub, topic, subscribed, ping }) {
    const encoded = topic({ suffix: '/%7Ea%2db' })
    const { callback } = await subscribed({ topic: encoded })
    const decoded = encoded.url.replace('%7E', '~').replace('%2d', '-')
    // Not the URL subscribed to, by which a hub could know whose content it is.
    encoded.headers = [
      encoded.headers[0] ?? ['Content-Type', 'text/html'],
      ['Link', `<${hub}>; rel="hub", <${decoded}>; rel="self"`],
    ]
    encoded.content = 'what it serves now'
    await ping(decoded)
    await callback.delivery()
  },
}

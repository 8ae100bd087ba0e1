import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-23'],
  level: 'MUST',
  section: '5.1.1',
  title: 'Percent-encoded unreserved characters are decoded before topics are compared',
  sends: 'a subscription to …/%7Ea%2db, then a ping for …/~a-b',
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered'],
  async run({ hub, topic, subscribed, ping }) {
    // Without rel=self, by which a hub could know whose content it is.
    const encoded = topic({ suffix: '/%7Ea%2db', links: [['Link', `<${hub}>; rel="hub"`]] })
    const { callback } = await subscribed({ topic: encoded })
    encoded.content = 'what it serves now'
    await ping(encoded.url.replace('%7E', '~').replace('%2d', '-'))
    await callback.delivery()
  },
}

import type { Claim } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const types = ['image/png', 'audio/ogg', 'application/zip', 'application/fhir+json', 'text/vcard', 'example/unheard-of']

export const claim: Claim = {
  rows: ['DIST-15'],
  level: 'MUST*',
  section: '7',
  title: 'A topic may be of any media type',
  sends: `pings for topics of ${types.join(', ')}`,
  expects: 'a delivery of each',
  presupposes: ['publishing/is-delivered'],
  async run({ topic, subscribed, publish, timing, until }) {
    const subscriptions = await Promise.all(types.map((type) => subscribed({ topic: topic({ type }) })))
    await Promise.all(subscriptions.map(({ topic: publisher }) => publish(publisher, 'some bytes')))
    const missing = () =>
      subscriptions
        .filter(({ callback }) => callback.deliveries.length === 0)
        .map(({ topic: publisher }) => headerValue(publisher.headers, 'Content-Type'))
    await until(() => missing().length === 0, {
      expected: 'a delivery of each',
      found: () => `none of ${missing().join(', ')}`,
      withinMs: timing.deliveryMs,
    })
  },
}

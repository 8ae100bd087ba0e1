import type { Claim } from '../../claim.ts'

const feed = (title: string) => `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>${title}</title><updated>2026-01-01T00:00:00Z</updated>
<entry><id>urn:a:1</id><title>An entry</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>
`

export const claim: Claim = {
  rows: ['FETCH-16'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A change outside a feed’s entries is a change',
  sends: 'two pings for an Atom feed of which, in between, nothing but the title changed',
  expects: 'a delivery with the new title',
  presupposes: ['distribution/comes-once'],
  async run({ subscribed, topic: fresh, publish, until, timing }) {
    const { topic, callback } = await subscribed({ topic: fresh({ type: 'application/atom+xml' }) })
    await publish(topic, feed('The old title'))
    await callback.delivery()
    await publish(topic, feed('The new title'))
    await until(() => callback.deliveries.some(({ text }) => text.includes('The new title')), {
      expected: 'a delivery with the new title',
      withinMs: timing.deliveryMs,
    })
  },
}

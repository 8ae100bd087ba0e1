import type { Claim } from '../../claim.ts'

const feed = (title: string) =>
  `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:example:${title}</id><title>${title}</title><updated>2026-06-02T12:00:00Z</updated></feed>`

export const claim: Claim = {
  rows: ['DIST-25'],
  level: 'MAY',
  section: '0.3 §7.5',
  title: 'Two topics with the same callback are delivered in two requests',
  sends: 'two subscriptions of one callback to two Atom topics; an update of both at the same time',
  expects: 'two POSTs, each with the content of one topic',
  presupposes: ['subscription/is-by-topic-and-callback', 'distribution/keeps-the-content-type'],
  async run({ topic, callback, subscribed, publish, until, timing }) {
    const subscriber = callback()
    const [one, two] = [topic({ type: 'application/atom+xml' }), topic({ type: 'application/atom+xml' })]
    for (const each of [one, two]) await subscribed({ topic: each, callback: subscriber })
    const contents = await Promise.all([publish(one, feed('one')), publish(two, feed('two'))])
    await until(() => contents.every((content) => subscriber.deliveries.some(({ body }) => body.equals(content))), {
      expected: 'each feed in a request of its own',
      withinMs: timing.deliveryMs,
    })
  },
}

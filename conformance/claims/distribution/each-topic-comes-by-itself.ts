import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const feed = (title: string) =>
  `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:example:${title}</id><title>${title}</title><updated>2026-06-02T12:00:00Z</updated></feed>\n`

export const claim: Claim = {
  rows: ['DIST-25'],
  level: 'MAY',
  section: '0.3 §7.5',
  title: 'Two topics with the same callback are delivered in two requests',
  sends: 'two subscriptions of one callback to two Atom topics; an update of both, pinged together',
  expects: 'two POSTs, each with the content of one topic',
  presupposes: ['subscription/is-by-topic-and-callback'],
  async run({ topic, callback, subscribed, ping, until, timing }) {
    const subscriber = callback()
    const topics = ['one', 'two'].map((title) => topic({ content: feed(title), type: 'application/atom+xml' }))
    for (const each of topics) await subscribed({ topic: each, callback: subscriber })
    await ping(...topics)
    const wanted = topics.map(({ content }) => content)
    await until(() => wanted.every((content) => subscriber.deliveries.some(({ text }) => text === content)), {
      expected: 'each feed in a request of its own',
      withinMs: timing.deliveryMs,
    })
    const types = subscriber.deliveries.map(({ headers }) => headerValue(headers, 'Content-Type'))
    expect(
      types.every((type) => type === 'application/atom+xml'),
      { expected: 'their Content-Type', found: types.join(', ') },
    )
  },
}

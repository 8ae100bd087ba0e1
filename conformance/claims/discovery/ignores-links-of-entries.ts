import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-05'],
  level: 'compat',
  section: '4',
  title: 'A feed of which only an entry has rel=self names nothing: the topic is what was subscribed to',
  sends: 'a ping for an Atom feed without Link header, with rel=self in an entry alone',
  expects: 'the URL that was subscribed to as rel=self',
  presupposes: ['discovery/reads-links-in-feeds'],
  async run({ subscribed, publish, topic: fresh, hub }) {
    const [topic, other] = [fresh({ type: 'application/atom+xml', links: [] }), fresh()]
    const { callback } = await subscribed({ topic })
    const entry = `<entry><id>urn:a:1</id><title>An entry</title><updated>2026-01-01T00:00:00Z</updated>
<link rel="self" href="${other.url}"/></entry>`
    await publish(
      topic,
      `<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>A feed</title><updated>2026-01-01T00:00:00Z</updated>
<link rel="hub" href="${hub}"/>${entry}</feed>`,
    )
    expectSelf(await callback.delivery(), topic.url)
  },
}

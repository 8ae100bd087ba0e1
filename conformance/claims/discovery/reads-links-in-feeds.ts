import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'

/** Feeds that name themselves; an entry names something else. */
const feeds: Readonly<Record<string, (self: string, hub: string, other: string) => string>> = {
  'application/atom+xml': (self, hub, other) => `<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>A feed</title><updated>2026-01-01T00:00:00Z</updated>
<link rel="hub" href="${hub}"/><link rel="self" href="${self}"/>
<entry><id>urn:a:1</id><title>An entry</title><updated>2026-01-01T00:00:00Z</updated>
<link rel="self" href="${other}"/></entry></feed>`,
  'application/rss+xml': (self, hub, other) => `<?xml version="1.0"?>
<rss version="2.0" ${atom}><channel><title>A feed</title><link>${other}</link><description>A feed</description>
<atom:link rel="hub" href="${hub}"/><atom:link rel="self" href="${self}"/>
<item><guid>urn:a:1</guid><title>An entry</title><atom:link rel="self" href="${other}"/></item></channel></rss>`,
  'application/rdf+xml': (self, hub, other) => `<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" ${atom}>
<channel rdf:about="urn:a"><title>A feed</title><link>${other}</link><description>A feed</description>
<atom:link rel="hub" href="${hub}"/><atom:link rel="self" href="${self}"/></channel>
<item rdf:about="urn:a:1"><title>An entry</title><link>${other}</link></item></rdf:RDF>`,
}

export const claim: Claim = {
  rows: ['DISC-05', 'DISC-01'],
  level: 'compat',
  section: '4',
  title:
    'A feed without Link header names itself by atom:link, in Atom, RSS 2.0 and RSS 1.0; links of its entries do not count',
  sends: `pings for feeds of ${Object.keys(feeds).join(', ')} without Link header`,
  expects: 'the rel=self of the feed or channel in each delivery',
  presupposes: [
    'distribution/names-the-topic',
    'distribution/hands-on-the-advertised-self',
    'validation/may-want-its-own-link',
  ],
  async run({ subscribed, publish, topic: fresh, hub }) {
    await Promise.all(
      Object.entries(feeds).map(async ([type, feed]) => {
        const [topic, canonical, other] = [fresh({ type, links: [] }), fresh(), fresh()]
        const { callback } = await subscribed({ topic })
        await publish(topic, feed(canonical.url, hub, other.url))
        expectSelf(await callback.delivery(), canonical.url)
      }),
    )
  },
}

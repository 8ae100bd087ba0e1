import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

/** By media type, a document whose base is not where it was found. */
const documents: Readonly<Record<string, (base: string, hub: string) => string>> = {
  'text/html; charset=UTF-8': (base, hub) => `<!doctype html><html><head><base href="${base}"><title>A topic</title>
<link rel="hub" href="${hub}"><link rel="self" href="other"></head><p>New.</html>`,
  'application/atom+xml': (base, hub) => `<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="${base}"><id>urn:a</id><title>A feed</title>
<updated>2026-01-01T00:00:00Z</updated><link rel="hub" href="${hub}"/><link rel="self" href="other"/></feed>`,
}

export const claim: Claim = {
  rows: ['DISC-03'],
  level: 'MUST*',
  section: '4.1',
  title: '<base href> in HTML and xml:base in feeds say against what a relative link is resolved',
  sends: 'pings for a page with <base href> and for a feed with xml:base, both with a relative rel=self',
  expects: 'the absolute URL below that base as rel=self',
  presupposes: ['discovery/reads-links-in-html', 'discovery/reads-links-in-feeds', 'discovery/resolves-relative-links'],
  async run({ subscribed, publish, topic: fresh, hub }) {
    await Promise.all(
      Object.entries(documents).map(async ([type, document]) => {
        const topic = fresh({ type, links: [] })
        const base = `${topic.url}/base/`
        const { callback } = await subscribed({ topic })
        await publish(topic, document(base, hub))
        expectSelf(await callback.delivery(), `${base}other`)
      }),
    )
  },
}

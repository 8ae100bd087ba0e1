import { type Claim, expect } from '../../claim.ts'
import { namesIn, told } from '../../feeds.ts'

/** What a feed that is parsed and written again loses: its encoding, quotes, prefixes, references, CDATA, spaces in tags. */
const head = `<?xml version='1.0' encoding='ISO-8859-1'?>
<?note kept?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:m="https://media.example/" xml:lang='fr' xml:base="https://feeds.example/caf&#233;/">
  <id>https://feeds.example/one</id><title type='text'>Caf\xe9 &amp; Co.</title >
  <updated>2026-06-02T12:00:00Z</updated>
`
const news = `<entry xml:lang="de">
    <id>https://entries.example/b</id>
    <title type = 'html' >&lt;b&gt;&#x4e;eu&#101;s&lt;/b&gt; \xe4\xf6\xfc</title>
    <updated>2026-06-02T12:00:00Z</updated><m:empty/><m:empty></m:empty>
    <content type='xhtml'><div xmlns="http://www.w3.org/1999/xhtml"><![CDATA[ <a> & ]]> <br /></div></content>
  </entry>`
const old = `<entry><id>https://entries.example/a</id><title>a</title><updated>2026-06-02T12:00:00Z</updated></entry>`

export const claim: Claim = {
  rows: ['DIFF-08'],
  level: 'hardening',
  section: '7',
  title: 'Old entries are cut out of a feed, and the rest is as it was served: encoding, namespaces, quotes and all',
  sends:
    'to a hub that reduces feeds, an Atom feed in ISO-8859-1 written in many ways, then the same with a further entry',
  expects:
    'a second delivery that begins with the head of the feed, has the new entry in it, and ends it, byte for byte',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'fetching/keeps-the-bytes', 'fetching/delivers-any-change'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: 'application/atom+xml' }) })
    await publish(feed, Buffer.from(`${head}  ${old}\n</feed>\n`, 'latin1'))
    await callback.delivery()
    await publish(feed, Buffer.from(`${head}  ${news}\n  ${old}\n</feed>\n`, 'latin1'))
    const delivery = await callback.delivery()
    const names = namesIn(delivery.text)
    expect(names.join() === 'b', { expected: 'entry b alone', found: told(names) }, delivery)
    const found = delivery.body.toString('latin1')
    const parts = { 'the head of the feed': head.trimEnd(), 'the new entry': news, 'the end of the feed': '</feed>' }
    const lost = Object.entries(parts).find(([, part]) => !found.includes(part))?.[0]
    expect(lost === undefined, { expected: `${lost ?? ''} as it was served`, found: 'something else' }, delivery)
  },
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { discoverLinks } from '../../src/discovery/links.ts'

const url = 'https://publisher.test/blog/feed'
const none = { self: null, hubs: [], selves: 0 }

function discover(contentType: string, body: string | Uint8Array, link: readonly string[] = []) {
  const headers = new Map([['content-type', [contentType]], ...(link.length > 0 ? [['link', link] as const] : [])])
  return discoverLinks({ url, headers, body: Buffer.from(body as Uint8Array) })
}

const head = '<link rel="self" href="/in-document"><link rel="hub" href="https://hub.test/in-document">'

test('DISC-01: what the headers name goes before what the document names, kind by kind', async () => {
  const page = `<html><head>${head}</head></html>`
  const both = ['<https://publisher.test/in-header>; rel="self", <https://hub.test/in-header>; rel="hub"']
  assert.deepEqual(await discover('text/html', page, both), {
    self: 'https://publisher.test/in-header',
    hubs: ['https://hub.test/in-header'],
    selves: 1,
  })
  const hubOnly = await discover('text/html', page, ['<https://hub.test/in-header>; rel="hub"'])
  assert.deepEqual(hubOnly, {
    self: 'https://publisher.test/in-document',
    hubs: ['https://hub.test/in-header'],
    selves: 1,
  })
})

for (const [what, page, self] of [
  [
    'in the head',
    `<!doctype html><html><head>${head}</head><body></body></html>`,
    'https://publisher.test/in-document',
  ],
  ['in a head that no tag ends', `<!doctype html><title>t</title>${head}<p>text`, 'https://publisher.test/in-document'],
  [
    'against a base',
    `<html><head><base href="https://other.test/deep/">${head.replace('/in-document', 'x')}</head>`,
    'https://other.test/deep/x',
  ],
  ['behind a tracking pixel', `<head><noscript><img src="x"></noscript>${head}`, 'https://publisher.test/in-document'],
  ['behind a template', `<head><template><p>text</p></template>${head}`, 'https://publisher.test/in-document'],
  [
    'behind a base without href',
    `<head><base target="_blank"><base href="/deep/">${head.replace('/in-document', 'x')}`,
    'https://publisher.test/deep/x',
  ],
  ['under a base that is no place', `<head><base href="data:,">${head}`, 'https://publisher.test/in-document'],
  ['behind the text of a body', `<html><title>t</title>user content ${head}`, null],
  ['in a noscript', `<head><noscript>${head}</noscript>`, null],
  ['in the body', `<html><head></head><body>${head}</body></html>`, null],
  ['after the head', `<html><head></head>${head}<body></body></html>`, null],
  ['after the first element of a body', `<html><head><title>t</title><p>user content ${head}`, null],
  ['in a comment', `<html><head><!-- ${head} --></head>`, null],
  ['in a script', `<html><head><script>document.write('${head}')</script></head>`, null],
  ['in a template', `<html><head><template>${head}</template></head>`, null],
] as const) {
  test(`DISC-03 DISC-04: links ${what} of a page ${self === null ? 'do not count' : 'count'}`, async () => {
    assert.equal((await discover('text/html; charset=utf-8', page)).self, self)
  })
}

test('DISC-04: what browsers read as script is script in HTML, however it is closed', async () => {
  assert.deepEqual(await discover('text/html', `<head><script src="x"/>${head}</head>`), none)
})

test('DISC-04: the head of an XHTML page is read as XML closes its elements, whatever its type', async () => {
  const page = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/>${head.replaceAll('">', '"/>')}</head></html>`
  for (const type of ['application/xhtml+xml', 'application/xml']) {
    assert.equal((await discover(type, page)).self, 'https://publisher.test/in-document', type)
  }
})

const rdf = `<!-- <html> --><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel><atom:link rel="self" href="https://publisher.test/rdf"/></channel>
  <item><atom:link rel="self" href="https://publisher.test/item"/></item></rdf:RDF>`

test('DISC-05: the channel of RSS 1.0 and the feed of Atom 0.3 are read', async () => {
  assert.equal((await discover('application/rdf+xml', rdf)).self, 'https://publisher.test/rdf')
  const atom = '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><link rel="self" href="/atom03"/></feed>'
  assert.equal((await discover('text/xml', atom)).self, 'https://publisher.test/atom03')
})

for (const [type, counts] of [
  ['text/html', true],
  ['text/plain; charset=utf-8', true],
  ['application/octet-stream', true],
  ['', true],
  ['image/svg', false],
] as const) {
  test(`DISC-05: a feed that is called "${type}" ${counts ? 'is known by its root element' : 'is not read'}`, async () => {
    assert.equal((await discover(type, rdf)).self, counts ? 'https://publisher.test/rdf' : null)
  })
}

test('DISC-04: a page of unknown type is read as a page, plain text not at all', async () => {
  const page = `<!-- a --><!DOCTYPE html>\n<html><head>${head}</head>`
  assert.equal((await discover('', page)).self, 'https://publisher.test/in-document')
  assert.deepEqual(await discover('text/plain', page), none)
})

for (const [what, type, bytes] of [
  [
    'a UTF-16 byte order mark',
    'text/xml; charset=utf-8',
    Buffer.from(
      '\ufeff<?xml version="1.0"?><rss><channel><atom:link rel="self" href="/\u00e9"/></channel></rss>',
      'utf16le',
    ),
  ],
  [
    'the charset of the type',
    'text/xml; charset="ISO-8859-1"',
    Buffer.from(
      '<?xml version="1.0" encoding="utf-8"?><rss><channel><atom:link rel="self" href="/\u00e9"/></channel></rss>',
      'latin1',
    ),
  ],
  [
    'its XML declaration',
    'text/xml',
    Buffer.from(
      '<?xml version="1.0" encoding="windows-1252"?><rss><channel><atom:link rel="self" href="/\u00e9"/></channel></rss>',
      'latin1',
    ),
  ],
  ['its meta element', 'text/html', Buffer.from('<head><meta charset=latin1><link rel=self href="/\u00e9">', 'latin1')],
  [
    'UTF-8, where it cannot be the UTF-16 it declares',
    'text/xml',
    Buffer.from(
      '<?xml version="1.0" encoding="utf-16"?><rss><channel><atom:link rel="self" href="/\u00e9"/></channel></rss>',
    ),
  ],
  [
    'UTF-8, where no charset is known by the name',
    'text/xml; charset=nonsense',
    Buffer.from('<rss><channel><atom:link rel="self" href="/\u00e9"/></channel></rss>'),
  ],
] as const) {
  test(`DISC-05: a document is decoded by ${what}`, async () => {
    assert.equal((await discover(type, bytes)).self, 'https://publisher.test/%C3%A9')
  })
}

test('DISC-03 DISC-05: the links of a feed count by namespace, whatever the prefix, under the xml:base in force, never those of entries', async () => {
  const feed = `<?xml version="1.0"?><a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://base.test/one/">
    <a:entry><a:link rel="self" href="entry"/></a:entry>
    <link rel="self" href="no-namespace"/>
    <a:link rel="self" xml:base="two/" href="feed"/></a:feed>`
  assert.deepEqual(await discover('application/atom+xml', feed), {
    self: 'https://base.test/one/two/feed',
    hubs: [],
    selves: 1,
  })
  const rss = `<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><link>https://publisher.test/</link>
    <item><atom:link rel="self" href="https://publisher.test/item"/></item>
    <atom:link rel="self" href="https://publisher.test/foreign" xmlns:atom="urn:other"/>
    <atom:link rel="self" href="https://publisher.test/rss"/></channel></rss>`
  assert.equal((await discover('application/rss+xml', rss)).self, 'https://publisher.test/rss')
})

test('DISC-08: a JSON Feed names its URL and its WebSub hubs', async () => {
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    feed_url: 'https://publisher.test/feed.json',
    hubs: [
      { type: 'rssCloud', url: 'https://cloud.test/' },
      { type: 'WebSub', url: 'https://hub.test/' },
    ],
  }
  assert.deepEqual(await discover('application/feed+json', JSON.stringify(feed)), {
    self: 'https://publisher.test/feed.json',
    hubs: ['https://hub.test/'],
    selves: 1,
  })
  assert.deepEqual(await discover('application/json', '{"feed_url": "https://publisher.test/"}'), none)
})

test("DISC-08: a JSON Feed in a Link header's company is not asked for what the header names", async () => {
  const feed = '{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://publisher.test/feed.json"}'
  const { self } = await discover('application/feed+json', feed, ['<https://publisher.test/in-header>; rel="self"'])
  assert.equal(self, 'https://publisher.test/in-header')
})

test('DISC-08: JSON of any shape names nothing it should not, and does not throw', async () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1 }))
  await fc.assert(
    fc.asyncProperty(odd, odd, odd, async (version, type, feed_url) => {
      const feed = {
        about: 'https://jsonfeed.org/',
        version,
        feed_url,
        hubs: [{ type, url: 'https://hub.test/' }, type],
      }
      assert.deepEqual(await discover('application/json', JSON.stringify(feed)), none)
    }),
  )
})

test('A-13: absolute links are kept letter by letter', async () => {
  const hubs = ['HTTPS://Hub.test:443', 'https://hub.test/a/../%7e', 'http://hub.test']
  const page = hubs.map((hub) => `<link rel="hub" href=" ${hub}\n">`).join('')
  assert.deepEqual((await discover('text/html', page)).hubs, hubs)
})

test('DISC-01: only http and https targets are links', async () => {
  assert.deepEqual(
    await discover('text/html', '<head><link rel="self" href="javascript:x"><link rel="hub" href="data:,"></head>'),
    none,
  )
})

test('SEC-17: entities are not expanded, DTDs not read, and what is broken names nothing', async () => {
  const bomb = `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "http://127.0.0.1:1/x">]>
    <feed xmlns="http://www.w3.org/2005/Atom"><title>&b;&c;</title><link rel="self" href="https://publisher.test/&b;"/></feed>`
  const { self } = await discover('application/atom+xml', bomb)
  assert.equal(self?.includes('aaaa'), false)
  assert.deepEqual(await discover('application/xml', '<a>'.repeat(100_000)), none)
})

const many = 50_000
for (const [what, type, body] of [
  ['attributes without end', 'text/html', `<head><meta ${'a="b" '.repeat(500_000)}>`],
  ['a huge head', 'text/html', `<head>${'<meta>'.repeat(500_000)}`],
  ['elements nested without end', 'text/html', '<html>'.repeat(many * 2)],
  ['elements nested without end', 'text/xml', '<a>'.repeat(1_000_000)],
  [
    'a base that every link would copy',
    'text/html',
    `<base href="/${'a/'.repeat(many)}">${'<link rel=hub href=x>'.repeat(many)}`,
  ],
  [
    'a base that every link would copy',
    'text/xml',
    `<rss xml:base="/${'a/'.repeat(1_000_000)}"><channel>${'<atom:link rel="hub" href="x"/>'.repeat(many)}`,
  ],
  [
    'namespaces that every element would inherit',
    'text/xml',
    `<rss ${Array.from({ length: many }, (_, index) => `xmlns:a${index}=""`).join(' ')}><channel>${'<b xmlns:b=""/>'.repeat(many)}`,
  ],
  ['comments before its root', 'text/html', `${'<!---->'.repeat(many)}<p>`],
  ['declarations before its root', 'text/plain', '<!--><!'.repeat(many)],
] as const) {
  test(`SEC-17: a document of type ${type} with ${what} is answered for in a moment`, async () => {
    const beganMs = performance.now()
    await discover(type, body)
    assert.ok(performance.now() - beganMs < 1500)
  })
}

test('SEC-17: a base longer than any URL we take is none, and half a megabyte of head is read at most', async () => {
  const base = `https://long.test/${'a'.repeat(2048)}/`
  const rss = `<rss xml:base="${base}"><channel><atom:link rel="self" href="rss"/></channel></rss>`
  assert.equal((await discover('text/xml', rss)).self, 'https://publisher.test/blog/rss')
  const page = `<base href="${base}"><link rel="self" href="page">`
  assert.equal((await discover('text/html', page)).self, 'https://publisher.test/blog/page')
  assert.deepEqual(await discover('text/html', `<head><style>${' '.repeat(512 * 1024)}</style>${head}`), none)
})

test('SEC-17: reading ends at a depth of two hundred', async () => {
  const nested = (name: string, depth: number) => `<${name}>`.repeat(depth) + `</${name}>`.repeat(depth)
  const page = (depth: number) => `<head>${nested('noscript', depth)}${head}`
  assert.equal((await discover('text/html', page(199))).self, 'https://publisher.test/in-document')
  assert.deepEqual(await discover('text/html', page(200)), none)
  const feed = (depth: number) => `<rss><channel>${nested('a', depth)}<atom:link rel="self" href="/in-document"/>`
  assert.equal((await discover('text/xml', feed(198))).self, 'https://publisher.test/in-document')
  assert.deepEqual(await discover('text/xml', feed(199)), none)
})

test('SEC-17: of links without end, a hundred are taken', async () => {
  const links = Array.from({ length: 1000 }, (_, index) => `<atom:link rel="hub" href="https://hub.test/${index}"/>`)
  const feed = `<rss><channel>${links.join('')}</channel></rss>`
  assert.equal((await discover('text/xml', feed)).hubs.length, 100)
  assert.equal((await discover('text/html', links.join('').replaceAll('atom:', ''))).hubs.length, 100)
  const hubs = links.map((_, index) => ({ type: 'WebSub', url: `https://hub.test/${index}` }))
  const json = JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', hubs })
  assert.equal((await discover('application/feed+json', json)).hubs.length, 100)
})

test('SEC-17: a 10 MiB feed is read in pieces: the event loop turns after every 64 KiB', async () => {
  const entries = '<entry><id>urn:x</id><content>some text that fills the feed</content></entry>'.repeat(140_000)
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">${entries}<link rel="self" href="https://publisher.test/end"/></feed>`
  let turns = 0
  let turning = setImmediate(function turn() {
    turns++
    turning = setImmediate(turn)
  })
  const { self } = await discover('application/atom+xml', feed)
  clearImmediate(turning)
  assert.equal(self, 'https://publisher.test/end')
  assert.ok(turns >= Math.floor(feed.length / 65_536), `${turns} turns while ${feed.length} bytes were read`)
})

test('SEC-22: no bytes of any type make it throw', async () => {
  const types = fc.constantFrom(
    'text/html',
    'text/xml',
    'application/feed+json',
    'text/xml; charset=utf-16',
    'x/y; charset=nonsense',
    '',
  )
  await fc.assert(
    fc.asyncProperty(types, fc.uint8Array({ maxLength: 3000 }), async (type, bytes) => {
      await discover(type, bytes)
    }),
  )
})

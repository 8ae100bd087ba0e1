import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atomForm } from '../../src/feeds/atom-form.ts'
import { readFeed } from '../../src/feeds/entries.ts'
import { readItems } from '../../src/feeds/items.ts'
import { jsonForm } from '../../src/feeds/json-form.ts'
import { feedDocument, feeds } from './fixtures.ts'

const about = { url: 'https://example.org/blog/feed', at: new Date('2026-11-21T08:00:00.900Z') }
const document = (text: string, contentType = 'application/xml') => ({ body: Buffer.from(text), contentType })

async function itemsOf(text: string, contentType?: string) {
  const feed = await readItems(document(text, contentType), about.url)
  assert.notEqual(feed, null)
  return feed ?? assert.fail()
}

async function jsonOf(text: string, contentType?: string) {
  return JSON.parse((await jsonForm(await itemsOf(text, contentType), about)).toString())
}

test('SF-13: every feed in the collection has its entries in both forms, and what is none has no form', async () => {
  for (const listed of feeds) {
    const feed = await readItems(feedDocument(listed), about.url)
    assert.equal(feed === null, /html$/.test(listed.file), listed.file)
    if (feed === null) continue
    assert.equal(feed.items.length, listed.entries, listed.file)
    assert.equal(
      feed.items.every(({ id }) => id !== ''),
      true,
      listed.file,
    )
    const { status, items } = JSON.parse((await jsonForm(feed, about)).toString())
    assert.equal(status.code, 200)
    assert.equal(items.length, listed.entries, listed.file)
    if (listed.entries === 0 || listed.duplicateIds > 0) continue
    const atom = readFeed({ body: await atomForm(feed, about), contentType: 'application/atom+xml' })
    assert.equal(atom.kind === 'feed' && atom.dialect === 'atom' && atom.entries.length, listed.entries, listed.file)
  }
})

const atom = `<?xml version="1.0"?>
<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://example.org/other/">
  <a:id>urn:feed</a:id><a:title type="html">A &amp;amp; B</a:title><a:updated>2026-11-20T10:00:00+01:00</a:updated>
  <a:link href="./"/><a:author><a:name>Ada</a:name><a:uri>/ada</a:uri></a:author>
  <a:entry>
    <a:id>urn:1</a:id><a:title>One</a:title><a:published>2026-11-19T00:00:00Z</a:published><a:updated>2026-11-20T00:00:00Z</a:updated>
    <a:link rel="enclosure" href="one.mp3" type="audio/mpeg"/><a:link href="one"/>
    <a:category term="x" label="X"/><a:category term="y"/><a:category term="y"/>
    <a:summary>Short</a:summary>
    <a:content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">1 &lt; <h:b class="q&quot;">2</h:b><h:br/></h:div></a:content>
    <point xmlns="http://www.georss.org/georss">45.5 -71.9</point>
    <a:source><a:title>Elsewhere</a:title><a:link href="https://else.example/"/></a:source>
  </a:entry>
</a:feed>`

test('SF-13: an Atom entry is told with the keys and in the units of Superfeedr', async () => {
  assert.deepEqual(await jsonOf(atom), {
    status: {
      code: 200,
      http: 'Fetched and parsed 1 entry',
      feed: 'https://example.org/blog/feed',
      title: 'A &amp; B',
      lastFetch: 1795248000,
      lastParse: 1795248000,
      nextFetch: null,
      lastMaintenanceAt: null,
      period: null,
    },
    id: 'urn:feed',
    title: 'A &amp; B',
    permalinkUrl: 'https://example.org/other/',
    updated: 1795165200,
    language: 'de',
    standardLinks: { alternate: [{ rel: 'alternate', href: 'https://example.org/other/', type: 'text/html' }] },
    items: [
      {
        id: 'urn:1',
        published: 1795046400,
        updated: 1795132800,
        title: 'One',
        summary: 'Short',
        content: '1 &lt; <b class="q&quot;">2</b><br>',
        permalinkUrl: 'https://example.org/other/one',
        standardLinks: {
          enclosure: [{ rel: 'enclosure', href: 'https://example.org/other/one.mp3', type: 'audio/mpeg' }],
          alternate: [{ rel: 'alternate', href: 'https://example.org/other/one', type: 'text/html' }],
        },
        actor: { displayName: 'Ada', id: 'https://example.org/ada', permalinkUrl: 'https://example.org/ada' },
        categories: ['X', 'y'],
        geo: { type: 'Point', coordinates: [-71.9, 45.5] },
        source: { title: 'Elsewhere', permalinkUrl: 'https://else.example/' },
        language: 'de',
      },
    ],
  })
})

test('SF-13: RSS says the same in its own words', async () => {
  const { items, title } = await jsonOf(`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>R</title>
    <item><media:title>Not this</media:title><title>T</title><link>/p?a=1&amp;b=2</link><guid isPermaLink="false">g-1</guid>
      <pubDate>Sat, 21 Nov 2026 09:00:00 +0100</pubDate><d:creator>Bob</d:creator><description><![CDATA[<p>Hi</p>]]></description>
      <content:encoded><![CDATA[<p>All</p>]]></content:encoded><enclosure url="/e.ogg" type="audio/ogg" length="3"/></item>
    <item><guid>https://example.org/2</guid><pubDate>some day</pubDate></item>
    <item><description>Neither id nor link</description></item></channel></rss>`)
  assert.equal(title, 'R')
  const [first, second, third] = items
  assert.deepEqual(first, {
    id: 'g-1',
    published: 1795248000,
    updated: 1795248000,
    title: 'T',
    summary: '<p>Hi</p>',
    content: '<p>All</p>',
    permalinkUrl: 'https://example.org/p?a=1&b=2',
    standardLinks: {
      alternate: [{ rel: 'alternate', href: 'https://example.org/p?a=1&b=2', type: 'text/html' }],
      enclosure: [{ rel: 'enclosure', href: 'https://example.org/e.ogg', type: 'audio/ogg' }],
    },
    actor: { displayName: 'Bob', id: 'Bob' },
  })
  assert.deepEqual(second, { id: 'https://example.org/2', title: '', permalinkUrl: 'https://example.org/2' })
  assert.match(third.id, /^urn:sha256:[0-9a-f]{64}$/)
})

test('a JSON Feed has both forms too, and any other JSON none', async () => {
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: 'J',
    authors: [{ name: 'Cleo' }],
    items: [
      { id: 7, url: 'x', content_text: 'a < b', date_published: '2026-11-21T08:00:00Z', tags: ['t', 3, null] },
      'odd',
    ],
  }
  const { items } = await jsonOf(JSON.stringify(feed), 'application/feed+json')
  assert.equal(items.length, 2)
  const { id, content, published, permalinkUrl, categories, actor } = items[0]
  assert.deepEqual(
    { id, content, published, permalinkUrl, categories, actor },
    {
      id: '7',
      content: 'a < b',
      published: 1795248000,
      permalinkUrl: 'https://example.org/blog/x',
      categories: ['t', '3'],
      actor: { displayName: 'Cleo', id: 'Cleo' },
    },
  )
  for (const other of ['{"items":[]}', '[1]', '{', '"text"']) {
    assert.equal(await readItems(document(other, 'application/json'), about.url), null, other)
  }
})

test('no text makes a document that cannot be read, nor the same feed two different ones', async () => {
  const text = `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><entry><id>1</id><title>&lt;/title&gt;&amp;amp; "\uFFFE\u0007]]&gt;</title>
    <link href="https://example.org/?a=&quot;&amp;b=&lt;"/><content type="html">&lt;script&gt;</content></entry></feed>`
  const feed = await itemsOf(text)
  const body = await atomForm(feed, about)
  const back = await itemsOf(body.toString())
  assert.deepEqual(
    back.items.map(({ title, content }) => ({ title, content })),
    [{ title: '</title>&amp; "]]>', content: '<script>' }],
  )
  assert.equal(readFeed({ body, contentType: 'application/atom+xml' }).kind, 'feed')
  assert.deepEqual(await atomForm(await itemsOf(text), about), body)
})

test('a feed that is made to take memory is left as it is', async () => {
  for (const hostile of [
    `<rss><channel>${'<item/>'.repeat(30_000)}</channel></rss>`,
    `<rss><channel><item>${'<a/>'.repeat(30_000)}</item></channel></rss>`,
    `<feed><entry><content type="xhtml"><div>${'<b>x</b>'.repeat(30_000)}</div></content></entry></feed>`,
  ]) {
    assert.equal(await readItems(document(hostile), about.url), null)
  }
  const long = await itemsOf(`<rss><channel><item><title>${'a &amp; b'.repeat(100_000)}</title></item></channel></rss>`)
  assert.equal(long.items[0]?.title?.length, 500_000)
})

test('what is nested without end is no feed, and what ends early is as long as it is', async () => {
  assert.equal(await readItems(document(`<feed>${'<a>'.repeat(100_000)}`), about.url), null)
  assert.equal((await itemsOf('<rss><channel><item><title>a</title></item><item><title>b')).items.length, 2)
  for (const none of ['', 'text', '<html><body/></html>', '<?xml version="1.0"?>', '<!-- <feed/> -->']) {
    assert.equal(await readItems(document(none), about.url), null, none)
  }
})

import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
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
    <atom:link rel="self" href="https://publisher.test/rss"/><item><atom:link rel="self" href="https://publisher.test/item"/></item></channel></rss>`
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

test('A-13: only http and https targets are links', async () => {
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

test('SEC-17: a page with a huge head, or attributes without end, is answered for in a moment', async () => {
  const beganMs = performance.now()
  await discover('text/html', `<head><meta ${'a="b" '.repeat(500_000)}>`)
  await discover('text/html', `<head>${'<meta>'.repeat(500_000)}`)
  assert.ok(performance.now() - beganMs < 3000)
})

test('a 10 MiB feed is read in pieces: the event loop turns in between', async () => {
  const entries = '<entry><id>urn:x</id><content>some text that fills the feed</content></entry>'.repeat(140_000)
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">${entries}<link rel="self" href="https://publisher.test/end"/></feed>`
  const delay = monitorEventLoopDelay({ resolution: 5 })
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  delay.enable()
  const { self } = await discover('application/atom+xml', feed)
  delay.disable()
  clearInterval(turning)
  assert.equal(self, 'https://publisher.test/end')
  assert.ok(turns > 10, `${turns} turns while it was read`)
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

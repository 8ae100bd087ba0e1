import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { linkHeader, parseLinkHeader } from '../../src/discovery/link-header.ts'
import { discoverLinks } from '../../src/discovery/links.ts'

const hub = 'http://hub.test/'
const self = 'http://publisher.test/feed'

for (const [what, fields] of [
  ['one combined line', [`<${hub}>; rel="hub", <${self}>; rel="self"`]],
  ['several lines', [`<${hub}>; rel="hub"`, `<${self}>; rel="self"`]],
  ['bare rels', [`<${hub}>; rel=hub, <${self}>; rel=self`]],
  ['no spaces', [`<${hub}>;rel="hub",<${self}>;rel="self"`]],
  ['other case', [`<${hub}>; REL="HUB", <${self}>; Rel=Self`]],
  ['other parameters first', [`<${hub}>; title="a, b; c=\\"d\\""; rel="hub", <${self}>; type="text/html"; rel="self"`]],
  ['a broken link between', [`<${hub}>; rel="hub", broken; rel=self, <${self}>; rel="self"`]],
] as const) {
  test(`DISC-02: links are read from ${what}`, () => {
    const links = parseLinkHeader(fields)
    assert.deepEqual(
      links.filter(({ rels }) => rels.includes('hub')).map(({ target }) => target),
      [hub],
    )
    assert.deepEqual(
      links.filter(({ rels }) => rels.includes('self')).map(({ target }) => target),
      [self],
    )
  })
}

test('DISC-02: one link may have several rels, and its target commas and semicolons', () => {
  const [link] = parseLinkHeader(['<http://t.test/a,b;c>; rel="hub self"'])
  assert.deepEqual(link, { target: 'http://t.test/a,b;c', rels: ['hub', 'self'] })
})

test('DISC-02: a link with an anchor speaks of another resource', () => {
  assert.deepEqual(parseLinkHeader([`<${hub}>; rel="hub"; anchor="http://other.test/"`]), [])
})

test('DISC-03 DISC-06: relative targets are resolved against the answering URL, and the first self counts', async () => {
  const headers = new Map([
    ['link', ['</feed.json>; rel="self", <http://second.test/>; rel="self"', '<//hub.test/>; rel=hub']],
  ])
  const found = await discoverLinks({ url: 'https://publisher.test/a/b', headers, body: Buffer.from('') })
  assert.deepEqual(found, { self: 'https://publisher.test/feed.json', hubs: ['https://hub.test/'], selves: 2 })
})

test('DIST-18: URLs beyond ASCII in a Link header are the bytes of their UTF-8', async () => {
  const field = Buffer.from('<http://publisher.test/caf\u00e9>; rel="self"', 'utf8').toString('latin1')
  const { self: found } = await discoverLinks({
    url: self,
    headers: new Map([['link', [field]]]),
    body: Buffer.from(''),
  })
  assert.equal(
    linkHeader({ self: found ?? '', hubs: [hub] }),
    `<http://publisher.test/caf%C3%A9>; rel="self", <${hub}>; rel="hub"`,
  )
})

test('DIST-08 DIST-18: no URL can end its link or the field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const field = linkHeader({ self: `http://t.test/${text}`, hubs: [hub] })
      assert.match(field, /^<[\x21-\x7e]*>; rel="self", <http:\/\/hub\.test\/>; rel="hub"$/)
      assert.equal(parseLinkHeader([field]).length, 2)
    }),
  )
})

test('DISC-02: any text is read without throwing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => void parseLinkHeader([text])))
})

test('DISC-02 SEC-17: sixty-four KiB of hostile field are read in a moment', () => {
  const beganMs = performance.now()
  for (const piece of ['<', '<a>;', '<a>;x="', '",', ';rel=', '<a>;rel="\\'])
    parseLinkHeader([piece.repeat(65_536 / piece.length)])
  assert.ok(performance.now() - beganMs < 2000)
})

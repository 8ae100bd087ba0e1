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
  ['quoted rels in spaces', [`<${hub}>;  rel = " hub ", <${self}> ;rel= "\tself"`]],
  ['quoted pairs', [`<${hub}>; rel="h\\ub", <${self}>; title="\\", <x>; \\""; rel="self"`]],
  ['rels given twice, of which the first counts', [`<${hub}>; rel="hub"; rel="self", <${self}>; rel=self; rel=hub`]],
  ['links behind a target that nothing closes', [`<http://a.test/; rel="hub", <${hub}>; rel=hub, <${self}>; rel=self`]],
  ['links behind a quote that nothing closes', [`<${hub}>; rel=hub; title="x, <${self}>; rel=self`]],
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
  assert.deepEqual(link, { target: 'http://t.test/a,b;c', rels: ['hub', 'self'], anchor: null })
})

for (const [anchor, counts] of [
  ['http://other.test/', false],
  ['/other', false],
  ['#part', false],
  [self, true],
  ['/feed', true],
  ['', true],
] as const) {
  test(`DISC-02: a link whose anchor is "${anchor}" ${counts ? 'speaks of the answer' : 'speaks of another resource'}`, async () => {
    const headers = new Map([['link', [`<${hub}>; anchor="${anchor}"; rel="hub"`]]])
    const found = await discoverLinks({ url: self, headers, body: Buffer.from('') })
    assert.deepEqual(found.hubs, counts ? [hub] : [])
  })
}

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

test('DISC-06: one self link given twice is one', async () => {
  const link = `<${self}>; rel="self"`
  const found = await discoverLinks({ url: self, headers: new Map([['link', [link, link]]]), body: Buffer.from('') })
  assert.deepEqual(found, { self, hubs: [], selves: 1 })
})

test('DIST-05 DIST-06 DIST-07 DIST-08 DIST-24: one field, self first, then the hubs in their order', () => {
  assert.equal(
    linkHeader({ self: 'http://t.test/a,b;c?d=e&f=%20', hubs: [hub, 'https://Other.test:443'] }),
    '<http://t.test/a,b;c?d=e&f=%20>; rel="self", <http://hub.test/>; rel="hub", <https://Other.test:443>; rel="hub"',
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
  for (const piece of ['<', '<a', '<a>;', '<a>;x="', '",', ';rel=', '<a>;rel="\\', '<a>;x= ', '<>,'])
    parseLinkHeader([piece.repeat(65_536 / piece.length)])
  assert.ok(performance.now() - beganMs < 2000)
})

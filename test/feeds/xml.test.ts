import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFeed } from '../../src/feeds/entries.ts'
import { elementsIn, readXml } from '../../src/feeds/xml.ts'

test('DIFF-08: positions are exact beside comments, CDATA, instructions, references, line ends and any character', () => {
  const elements = [
    '<e>x<![CDATA[ ]]]]><![CDATA[> </e> ]]></e>',
    '<e/>',
    `<e a='">' b = "1" />`,
    '<e>&amp;&#128512;é\u{1f600}\u2028</e >',
    '<e\n\t><!-- </e> --><?pi </e> ?></e>',
    '<e>\r\n<e>\r</e></e>',
  ]
  const document = `<?xml version="1.0"?><!-- <e> --><?pi <e>?>\r\n<r a="1>2">${elements.join('<!-- <e> --> \u{1f600} <?pi <e>?>')}</r>\n<!-- -->`
  const text = Buffer.from(document).toString('latin1')
  const root = readXml(text)
  assert.ok(!('why' in root))
  const found = [...elementsIn(root.content)].map(({ start, end }) => Buffer.from(text.slice(start, end), 'latin1'))
  assert.deepEqual(found.map(String), elements)
})

for (const document of [
  '',
  '<',
  '<r',
  '<r></r',
  '<r><a></r>',
  '<r><a></b></r>',
  '<r/><r/>',
  '<r/>x',
  'x<r/>',
  '<r a="1" a="2"/>',
  '<r a=1/>',
  '<r a/>',
  '<r a="<"/>',
  '<r a="&"/>',
  '<r>&nbsp;</r>',
  '<r>&#0;</r>',
  '<r>&#xd800;</r>',
  '<r>a & b</r>',
  '<r>a < b</r>',
  '<r>]]></r>',
  '<r>\u0001</r>',
  '<r><!-- a -- b --></r>',
  '<r><!-- a</r>',
  '<r><![CDATA[ a</r>',
  '<r><!DOCTYPE r></r>',
  '<r><?xml version="1.0"?></r>',
  ' <?xml version="1.0"?><r/>',
  '<r><__proto__/></r>',
]) {
  test(`DIFF-09: ${JSON.stringify(document)} is not well-formed`, () => {
    assert.deepEqual(readXml(document), { why: 'It is not well-formed XML.' })
  })
}

const entities = Array.from({ length: 10 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`)

for (const [name, document] of [
  ['an external entity', '<!DOCTYPE feed [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><feed><id>&x;</id></feed>'],
  ['entities that multiply', `<!DOCTYPE feed [<!ENTITY e0 "ha">${entities.join('')}]><feed><id>&e10;</id></feed>`],
  ['a comment before its document type', '<?xml version="1.0"?><!-- a --><!DOCTYPE feed><feed/>'],
  ['elements nested without end', '<a>'.repeat(300_000)],
  ['elements nested too deep', '<a>'.repeat(300_000) + '</a>'.repeat(300_000)],
  ['nothing but white space', `<rss><channel><item><guid>${' '.repeat(500_000)}x${' '.repeat(500_000)}</guid>`],
  [
    'a hundred thousand attributes',
    `<rss ${Array.from({ length: 100_000 }, (_, index) => `a${index}="1"`).join(' ')}>`,
  ],
] as const) {
  test(`DIFF-10: a document with ${name} stays whole, and soon`, () => {
    const beganMs = performance.now()
    assert.equal(readFeed({ body: Buffer.from(document), contentType: 'application/atom+xml' }).kind, 'whole')
    assert.ok(performance.now() - beganMs < 5000)
  })
}

for (const [encoding, isCut] of [
  ['utf-8', true],
  ['us-ascii', true],
  ['iso-8859-1', true],
  ['iso-8859-15', true],
  ['windows-1251', true],
  ['windows-1252', true],
  ['koi8-r', true],
  ['utf-16', true], // What can be read by a byte a character is none, whatever it says.
  ['shift_jis', false],
  ['euc-jp', false],
  ['iso-2022-jp', false],
  ['gb2312', false],
  ['gb18030', false],
  ['big5', false],
  ['euc-kr', false],
  ['x-user-defined', false],
  ['no-such-encoding', false],
] as const) {
  test(`DIFF-09: ${encoding} ${isCut ? 'can' : 'cannot'} be cut byte by byte`, () => {
    const feed = '<rss version="2.0"><channel><item><guid>1</guid></item></channel></rss>'
    const declared = {
      body: Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>${feed}`),
      contentType: 'text/xml',
    }
    assert.equal(readFeed(declared).kind, isCut ? 'feed' : 'whole')
    if (encoding === 'utf-16') return
    const told = { body: Buffer.from(feed), contentType: `text/xml; charset="${encoding}"` }
    assert.equal(readFeed(told).kind, isCut ? 'feed' : 'whole')
  })
}

test('DIFF-09: bytes that are not the UTF-8 they are called stay whole', () => {
  const body = Buffer.from('<rss version="2.0"><channel><item><guid>\xe9</guid></item></channel></rss>', 'latin1')
  assert.equal(readFeed({ body, contentType: 'text/xml' }).kind, 'whole')
  assert.equal(readFeed({ body, contentType: 'text/xml; charset=iso-8859-1' }).kind, 'feed')
})

// An item behind the channel of an RSS 2.0 document was seen by no diff: its readers were told of nothing.
test('DIFF-09: a feed with items where its kind has none stays whole', () => {
  const item = '<item><guid>1</guid></item>'
  const rdf = (inChannel: string) =>
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>${inChannel}</channel>${item}</rdf:RDF>`
  const kindOf = (document: string) => readFeed({ body: Buffer.from(document), contentType: 'text/xml' }).kind
  assert.equal(kindOf(`<rss version="2.0"><channel>${item}</channel></rss>`), 'feed')
  assert.equal(kindOf(`<rss version="2.0"><channel>${item}</channel>${item}</rss>`), 'whole')
  assert.equal(kindOf(rdf('')), 'feed')
  assert.equal(kindOf(rdf(item)), 'whole')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Document } from '../../src/feeds/document.ts'
import { readFeed } from '../../src/feeds/entries.ts'
import { reduce } from '../../src/feeds/reduce.ts'

test('DIFF-03 DIFF-08: what is new stands alone in the envelope of the newest, and nothing is written anew', () => {
  const before = atom('<title>Old</title>', entry('a', '1'), entry('b', '1'))
  const after = atom('<title>New</title><!-- <entry> -->', entry('c', '1 <![CDATA[</entry>]]>'), entry('a', '1'))
  assert.equal(
    reducedText(before, after),
    atom('<title>New</title><!-- <entry> -->', entry('c', '1 <![CDATA[</entry>]]>')),
  )
})

test('DIFF-04: an edited entry counts as new, whatever place it has', () => {
  const before = atom('', entry('a', '1'), entry('b', '1'), entry('c', '1'))
  assert.equal(
    reducedText(before, atom('', entry('c', '1'), entry('b', '2'), entry('a', '1'))),
    atom('', entry('b', '2')),
  )
})

test('DIFF-05: without a new or changed entry there is nothing to send', () => {
  const before = atom('<title>Old</title>', entry('a', '1'), entry('b', '1'))
  for (const after of [
    before,
    atom('<title>New</title>', entry('a', '1'), entry('b', '1')),
    atom('', entry('b', '1'), entry('a', '1')),
    atom('', entry('b', '1')),
  ]) {
    assert.deepEqual(reduce(xml(before), [xml(after)]), { kind: 'nothing' })
  }
})

test('several publications are one: the newest version of each entry, those that fell off included', () => {
  const documents = [
    atom('', entry('a', '1'), entry('b', '1')),
    atom('', entry('c', '1'), entry('a', '2'), entry('b', '1')),
    atom('', entry('d', '1'), entry('c', '2')),
    atom('<title>Now</title>', entry('d', '1')),
  ]
  assert.equal(reducedText(...documents), atom('<title>Now</title>', entry('d', '1'), entry('c', '2'), entry('a', '2')))
})

test('an entry changed and changed back is not new', () => {
  assert.deepEqual(
    reduce(xml(atom('', entry('a', '1'))), [xml(atom('', entry('a', '2'))), xml(atom('', entry('a', '1')))]),
    {
      kind: 'nothing',
    },
  )
})

test('DIFF-12: a notice of a deletion is news once, and stays where it is afterwards', () => {
  const gone = '<at:deleted-entry ref="a" when="2026-11-21T07:00:00Z"/>'
  const documents = [
    atom('', entry('a', '1'), entry('b', '1')),
    atom('', gone, entry('b', '1')),
    atom('', gone, entry('b', '2')),
  ]
  assert.equal(reducedText(...documents.slice(0, 2)), atom('', gone))
  assert.equal(reducedText(...documents.slice(1)), atom('', gone, entry('b', '2')))
})

test('DIFF-12: an entry that came and was deleted while nobody was sent to is told of as deleted alone', () => {
  const gone = '<at:deleted-entry ref="c" when="2026-11-21T07:00:00Z"/>'
  const documents = [
    atom('', entry('a', '1')),
    atom('', entry('c', '1'), entry('a', '1')),
    atom('', gone, entry('a', '1')),
  ]
  assert.equal(reducedText(...documents), atom('', gone))
})

test('DIFF-11: RSS 1.0 loses its items together with their places in the list', () => {
  const before = rdf(['a', 'b'], { a: '1', b: '1' })
  assert.equal(reducedText(before, rdf(['c', 'a', 'b'], { c: '1', a: '1', b: '1' })), rdf(['c'], { c: '1' }))
  // What fell off meanwhile comes back with its place.
  assert.equal(
    reducedText(before, rdf(['d', 'a'], { d: '1', a: '1' }), rdf(['c'], { c: '1' })),
    rdf(['c', 'd'], { c: '1', d: '1' }),
  )
})

for (const [name, first, second] of [
  [
    'its guid, whatever its link',
    '<guid>1</guid><link>http://x/1</link><title>t</title>',
    '<guid>1</guid><link>http://x/2</link><title>u</title>',
  ],
  [
    'its link, where it has no guid',
    '<title>t</title><link>http://x/1</link>',
    '<title>u</title><link>http://x/1</link>',
  ],
  [
    'its title, where it has no link',
    '<title>t</title><description>1</description>',
    '<title>t</title><description>2</description>',
  ],
] as const) {
  test(`DIFF-04: an RSS item is known by ${name}`, () => {
    // Known again, the second replaces the first; else both would be sent.
    assert.equal(reducedText(rss(other), rss(first, other), rss(second, other)), rss(second))
  })
}

const other = '<guid>other</guid>'

test('DIFF-04: an RSS item without guid, link and title is known by all of it', () => {
  const text = (number: number) => `<description>${number}</description>`
  assert.equal(reducedText(rss(text(1)), rss(text(2), text(1))), rss(text(2)))
})

for (const [name, root] of [
  ['namespaces', '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="http://x.example/">'],
  ['a base', '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://x.example/">'],
  ['a language', '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">'],
  ['authors', '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Ada</name></author>'],
] as const) {
  const newest = `${root}${entry('c', '1')}${entry('a', '1')}</feed>`

  test(`DIFF-08 DIFF-09: an entry is not moved under other ${name}: the newest goes out whole`, () => {
    const fellOff = atom('', entry('b', '1'), entry('a', '1'))
    assert.equal(reduceTexts(atom('', entry('a', '1')), fellOff, newest).kind, 'whole')
  })

  test(`DIFF-04: an entry that comes to stand under other ${name} is a changed one`, () => {
    assert.equal(reducedText(atom('', entry('a', '1')), newest), newest)
  })
}

test('DIFF-09: as long as a publication on the way is not to be cut, the newest goes out whole', () => {
  const good = atom('', entry('a', '1'))
  const broken = atom('', '<entry><id>b</id>')
  for (const documents of [
    [broken, good],
    [good, broken],
    [good, broken, good],
  ] as const) {
    assert.equal(reduceTexts(...documents).kind, 'whole')
  }
})

test('JSON Feed: items are cut out with their commas', () => {
  const feed = (...items: readonly string[]) =>
    `{"version": "https://jsonfeed.org/version/1.1",\n "items": [${items.join(',\n  ')}\n], "title": "a [b] \\"{"}`
  const item = (id: string, text: string) => ` {"id": "${id}", "content_text": "${text} ] } \\\\"}`
  const json = (text: string) => ({ body: Buffer.from(text), contentType: 'application/feed+json' })
  const documents = [
    feed(item('a', '1')),
    feed(item('c', '1'), item('b', 'ä'), item('a', '1')),
    feed(item('d', '1'), item('b', 'ä')),
  ]
  const [first = '', ...later] = documents
  const reduced = reduce(json(first), later.map(json))
  assert.equal(reduced.kind, 'reduced')
  const text = reduced.kind === 'reduced' ? reduced.body.toString() : ''
  assert.deepEqual(
    JSON.parse(text).items.map(({ id }: { id: string }) => id),
    ['d', 'b', 'c'],
  )
  assert.ok(text.includes(item('b', 'ä')))
})

for (const [what, document] of [
  ['of another kind', '{"items": [{"id": "a"}]}'],
  ['with a version that is no text', '{"version": {"toString": 1}, "items": [{"id": "a"}]}'],
  ['that is broken off', '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a"}'],
  ['with two lists', '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a"}], "it\\u0065ms": []}'],
  ['with an item without id', '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a"}, {}]}'],
] as const) {
  test(`DIFF-09: JSON ${what} stays whole`, () => {
    assert.equal(readFeed({ body: Buffer.from(document), contentType: 'application/json' }).kind, 'whole')
  })
}

test('a byte order mark stays in front', () => {
  const mark = '\ufeff'
  const reduced = reducedText(mark + atom('', entry('a', '1')), mark + atom('', entry('b', '1'), entry('a', '1')))
  assert.equal(reduced, mark + atom('', entry('b', '1')))
})

function atom(head: string, ...entries: readonly string[]): string {
  const start =
    '<?xml version="1.0"?>\r\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
  return `${start}${head}${entries.map((each) => `\n  ${each}`).join('')}\n</feed>\n`
}

function entry(id: string, text: string): string {
  return `<entry xml:lang='de'><id> ${id} </id><title>😀 ${text}</title></entry >`
}

function rss(...items: readonly string[]): string {
  return `<rss version="2.0"><channel><title>t</title>${items.map((item) => `<item>${item}</item>`).join('')}</channel></rss>`
}

function rdf(list: readonly string[], items: Readonly<Record<string, string>>): string {
  const places = list.map((about) => `<rdf:li rdf:resource="${about}"/>`).join('\n')
  const bodies = Object.entries(items).map(
    ([about, text]) => `\n<item rdf:about="${about}"><title>${text}</title></item>`,
  )
  return `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<channel><items><rdf:Seq>\n${places}\n</rdf:Seq></items></channel>${bodies.join('')}\n</rdf:RDF>`
}

function reducedText(...texts: readonly string[]): string {
  const reduced = reduceTexts(...texts)
  assert.equal(reduced.kind, 'reduced', JSON.stringify(reduced))
  return reduced.kind === 'reduced' ? reduced.body.toString() : ''
}

function reduceTexts(...texts: readonly string[]) {
  const [had = '', ...later] = texts
  return reduce(xml(had), later.map(xml))
}

function xml(text: string): Document {
  return { body: Buffer.from(text), contentType: 'application/xml' }
}

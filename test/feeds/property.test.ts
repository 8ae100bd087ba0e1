import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XMLValidator } from 'fast-xml-parser'
import { cut } from '../../src/feeds/cut.ts'
import type { Document } from '../../src/feeds/document.ts'
import { readFeed } from '../../src/feeds/entries.ts'
import { reduce } from '../../src/feeds/reduce.ts'
import { feedDocument, feeds } from './fixtures.ts'

/** One version of an entry; no two publications' versions of an entry have the same number unless they are the same. */
interface Version {
  readonly id: number
  readonly version: number
  readonly text: number
}

type Edit =
  | { readonly kind: 'add' | 'edit' | 'remove'; readonly at: number; readonly text: number }
  | { readonly kind: 'reorder' | 'retitle' }

interface Round {
  readonly edits: readonly Edit[]
  /** One a subscriber: whether its delivery arrives. */
  readonly arrives: readonly boolean[]
}

const subscribers = 3
const dialects = ['atom', 'rss', 'rdf', 'json'] as const

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom('add', 'edit', 'remove'), at: fc.nat(9), text: fc.nat(5) }),
  fc.record({ kind: fc.constantFrom('reorder', 'retitle') }),
)
const round: fc.Arbitrary<Round> = fc.record({
  edits: fc.array(edit, { maxLength: 4 }),
  arrives: fc.array(fc.boolean(), { minLength: subscribers, maxLength: subscribers }),
})

test('DIFF-02 DIFF-08 DIFF-14: whatever is edited and whatever does not arrive, every view ends as the publisher has it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...dialects), fc.array(round, { minLength: 1, maxLength: 8 }), (dialect, rounds) => {
      play(dialect, rounds)
    }),
    { numRuns: 400 },
  )
})

const damaged: fc.Arbitrary<Document> = fc
  .record({
    listed: fc.constantFrom(...feeds.filter((each) => feedDocument(each).body.length < 30_000)),
    damages: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        bytes: fc.nat(40),
        instead: fc.constantFrom(
          '',
          '<',
          '>',
          '</',
          '"',
          '&',
          ']]>',
          '<!--',
          '<![CDATA[',
          '<?',
          '\\',
          '{',
          ']',
          '\0',
          '\xff',
          ':',
        ),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ listed, damages }) => {
    const { body, contentType } = feedDocument(listed)
    return { contentType, body: damages.reduce(damage, body) }
  })

function damage(body: Buffer, { at, bytes, instead }: { at: number; bytes: number; instead: string }): Buffer {
  const start = Math.floor(at * body.length)
  return Buffer.concat([body.subarray(0, start), Buffer.from(instead, 'latin1'), body.subarray(start + bytes)])
}

test('DIFF-09: whatever bytes come, they are left whole, or cut where entries stand', () => {
  fc.assert(
    fc.property(damaged, (document) => {
      const feed = readFeed(document)
      if (feed.kind === 'whole') return
      assert.deepEqual(cut(feed, new Set(feed.entries), []), document.body)
      const [first] = feed.entries
      assert.ok(first)
      const again = readFeed({ ...document, body: cut(feed, new Set([first]), []) })
      assert.equal(again.kind, 'feed')
      if (again.kind === 'feed') assert.ok(again.entries.some(({ hash }) => hash === first.hash))
    }),
    { numRuns: 1500 },
  )
})

/** Every subscriber begins with the whole first publication. */
function play(dialect: (typeof dialects)[number], rounds: readonly Round[]): void {
  const publisher = createPublisher(dialect)
  const everything = new Map(publisher.entries().map(({ id, version }) => [id, version]))
  const readers = Array.from({ length: subscribers }, () => ({ since: 0, view: new Map(everything) }))
  for (const { edits, arrives } of [...rounds, { edits: [], arrives: readers.map(() => true) }]) {
    publisher.publish(edits)
    for (const { id, version } of publisher.entries()) everything.set(id, version)
    for (const [index, reader] of readers.entries()) if (arrives[index]) deliver(publisher, reader)
  }
  for (const { view } of readers) assert.deepEqual(sorted(view), sorted(everything))
}

interface Publisher {
  entries(): readonly Version[]
  publish(edits: readonly Edit[]): void
  readonly documents: readonly Document[]
  /** What the newest publication begins with, up to its entries. */
  head(): string
}

function deliver(publisher: Publisher, reader: { since: number; view: Map<number, number> }): void {
  const { documents } = publisher
  const [had, ...later] = documents.slice(reader.since)
  assert.ok(had)
  const reduced = reduce(had, later)
  reader.since = documents.length - 1
  assert.notEqual(reduced.kind, 'whole')
  if (reduced.kind !== 'reduced') return
  const text = reduced.body.toString()
  assertWellFormed(text)
  const delivered = versionsIn(text)
  assert.equal(delivered.size, reduced.entries)
  for (const [id, version] of delivered) {
    const marked = mark({ id, version })
    assert.ok(!had.body.includes(marked), 'What it has is not sent again.')
    assert.ok(
      later.some(({ body }) => body.includes(entryWith(text, marked))),
      'Entries are bytes of a publication.',
    )
    reader.view.set(id, version)
  }
  assert.ok(text.startsWith(publisher.head()))
}

function createPublisher(dialect: (typeof dialects)[number]): Publisher {
  let entries: Version[] = [{ id: 0, version: 0, text: 0 }]
  let ids = 1
  let versions = 1
  let title = 0
  const documents: Document[] = []

  function apply(each: Edit): void {
    switch (each.kind) {
      case 'retitle':
        title++
        return
      case 'reorder':
        entries.reverse()
        return
      case 'add':
        entries.splice(each.at, 0, { id: ids++, version: versions++, text: each.text })
        return
      case 'remove':
        if (entries.length > 1) entries.splice(each.at, 1)
        return
      case 'edit': {
        const { at, text } = each
        entries = entries.map((entry, index) => (index === at ? { ...entry, version: versions++, text } : entry))
        return
      }
      default:
        each satisfies never
    }
  }

  function write(): void {
    documents.push({ body: Buffer.from(documentOf(dialect, title, entries)), contentType: types[dialect] })
  }

  write()
  return {
    entries: () => entries,
    documents,
    head: () => heads[dialect](title),
    publish(edits) {
      for (const each of edits) apply(each)
      write()
    },
  }
}

const types = {
  atom: 'application/atom+xml',
  rss: 'text/xml',
  rdf: 'application/rdf+xml',
  json: 'application/feed+json',
}

/** What is easily taken for markup, or for the end of it. */
const texts = [
  'plain',
  '<![CDATA[</entry></item>]]]]><![CDATA[> &]]>',
  '<!-- <entry><item> ]]> --><?pi <item>?>',
  '😀 é \u2028 &amp;lt;&#x1f600;',
  '\r\n\t\n',
  '<item xmlns="">nested</item>',
]

const heads = {
  atom: (title: number) => `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>${title}</title>`,
  rss: (title: number) => `<rss version="2.0">\r\n<channel><title>${title}</title><!-- <item> -->`,
  rdf: (title: number) =>
    `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>${title}</title>`,
  json: (title: number) =>
    `{"version":"https://jsonfeed.org/version/1","title":"${title} [{\\"items\\": [","items" : [`,
}

function documentOf(dialect: (typeof dialects)[number], title: number, entries: readonly Version[]): string {
  const head = heads[dialect](title)
  const written = entries.map((entry) => entryOf(dialect, entry))
  switch (dialect) {
    case 'atom':
      return `${head}${written.join('\n ')}\n</feed>`
    case 'rss':
      return `${head}${written.join('')}</channel></rss>\n`
    case 'rdf': {
      const places = entries.map(({ id }) => `<rdf:li rdf:resource="urn:${id}"/>`)
      return `${head}<items><rdf:Seq>${places.join(' ')}</rdf:Seq></items></channel>${written.join('\n')}</rdf:RDF>`
    }
    case 'json':
      return `${head}${written.join(' ,\n')}\n], "language": "en]"}`
  }
}

function entryOf(dialect: (typeof dialects)[number], version: Version): string {
  const { id, text } = version
  switch (dialect) {
    case 'atom':
      return `<entry ${mark(version)}><content>${texts[text]}</content><id>urn:${id}</id></entry>`
    case 'rss':
      return `<item ${mark(version)}><description>${texts[text]}</description><guid>${id}</guid></item>`
    case 'rdf':
      return `<item ${mark(version)} rdf:about="urn:${id}"><description>${texts[text]}</description></item>`
    case 'json':
      return JSON.stringify({ mark: mark(version), id: String(id), content_html: texts[text] })
  }
}

function mark({ id, version }: Pick<Version, 'id' | 'version'>): string {
  return `v='${id}.${version}'`
}

function versionsIn(text: string): ReadonlyMap<number, number> {
  return new Map([...text.matchAll(/v='(\d+)\.(\d+)'/g)].map(([, id, version]) => [Number(id), Number(version)]))
}

/** From the mark to the next entry's, or to the end of what all entries have in common. */
function entryWith(text: string, marked: string): string {
  const from = text.indexOf(marked)
  const end = /<\/id><\/entry>|<\/guid><\/item>|<\/description><\/item>|"\}/.exec(text.slice(from))
  assert.ok(end)
  return text.slice(from, from + end.index + end[0].length)
}

function assertWellFormed(text: string): void {
  if (text.startsWith('{')) JSON.parse(text)
  else assert.equal(XMLValidator.validate(text), true)
}

function sorted(view: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...view].sort(([one], [other]) => one - other)
}

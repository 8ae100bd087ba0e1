import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut } from '../../src/feeds/cut.ts'
import type { Document, Entry, Feed } from '../../src/feeds/document.ts'
import { readFeed } from '../../src/feeds/entries.ts'
import { reduce } from '../../src/feeds/reduce.ts'
import { feedDocument, feeds, pairDocuments, pairs } from './fixtures.ts'

const wholeFeeds: Readonly<Record<string, string>> = {
  'atom-wrapped-in-xhtml-body-self.html': 'It has a document type.',
  'blog-home-alternate-only.html': 'It has a document type.',
  'hugo-home-hub-in-head.html': 'It has a document type.',
  'rss091-netscape-doctype.rss': 'It has a document type.',
  'duplicate-entry-ids.atom': 'Several of its entries have the same identity.',
  'untitled-items-duplicate-guids.rss': 'Several of its entries have the same identity.',
  'jsonfeed11-authors.json': 'One of its entries has no id.',
  'bare-ampersand-mixed-encoding.rss': 'It is not well-formed XML.',
  'blank-lines-before-declaration.rss': 'It is not well-formed XML.',
  'broken-tags-version-420.rss': 'It is not well-formed XML.',
  'typepad-leading-newline-hub.atom': 'It is not well-formed XML.',
  'gb2312-chinese.rss': 'Its encoding cannot be cut byte by byte.',
  'shift-jis-undeclared.atom': 'Its encoding cannot be cut byte by byte.',
  'utf16le-bom-empty.rss': 'Its encoding cannot be cut byte by byte.',
}

for (const listed of feeds) {
  const document = feedDocument(listed)
  const why = wholeFeeds[listed.file]
  if (why !== undefined) {
    test(`DIFF-09: ${listed.file} stays whole`, () => {
      assert.deepEqual(readFeed(document), { kind: 'whole', why })
    })
    continue
  }
  test(`DIFF-08: ${listed.file} is cut into its ${listed.entries} entries, each of them byte for byte`, () => {
    const feed = cuttable(document)
    const entries = feed.entries.filter(({ isNotice }) => !isNotice)
    assert.equal(entries.length, listed.entries)
    for (const entry of new Set([entries[0], entries[entries.length >> 1], entries.at(-1)])) {
      assert.ok(entry)
      // A feed that lacks everything else is one without entries, which says nothing of what may be cut.
      if (entries.length > 1) assertAlone(entry, document)
    }
  })
}

for (const listed of pairs) {
  const expected = listed.expectedNewOrChanged
  test(`DIFF-04 DIFF-05 DIFF-08: of ${listed.pair}, ${expected.length} entries are new or changed`, () => {
    const [before, after] = pairDocuments(listed)
    const reduced = reduce(before, [after])
    if (expected.length === 0) {
      assert.deepEqual(reduced, { kind: 'nothing' })
      return
    }
    assert.equal(reduced.kind, 'reduced')
    if (reduced.kind !== 'reduced') return
    const feed = cuttable({ ...after, body: reduced.body })
    const entries = feed.entries.filter(({ isNotice }) => !isNotice)
    assert.deepEqual(entries.map(({ identity }) => identity).sort(), [...expected].sort())
    for (const entry of feed.entries) assert.ok(after.body.includes(bytesOf(entry, feed)))
    assert.deepEqual(envelope(feed), envelope(cuttable(after)))
  })
}

/** Whoever has the document without an entry lacks that entry, and gets nothing else in the same envelope. */
function assertAlone(entry: Entry, document: Document): void {
  const feed = cuttable(document)
  const reduced = reduce(without(entry, feed, document), [document])
  assert.equal(reduced.kind, 'reduced')
  if (reduced.kind !== 'reduced') return
  const found = cuttable({ ...document, body: reduced.body })
  const [alone, ...more] = found.entries.filter(({ isNotice }) => !isNotice)
  assert.ok(alone)
  assert.equal(more.length, 0)
  assert.deepEqual(bytesOf(alone, found), bytesOf(entry, feed))
  assert.equal(alone.identity, entry.identity)
  assert.deepEqual(envelope(found), envelope(feed))
}

function without({ identity }: Entry, feed: Feed, { contentType }: Document): Document {
  const kept = new Set(feed.entries.filter((each) => each.identity !== identity))
  return { body: cut(feed, kept, []), contentType }
}

/** The feed's bytes without those of its entries. */
function envelope(feed: Feed): Buffer {
  return cut(feed, new Set(), [])
}

function bytesOf({ piece: { start, end } }: Entry, { body }: Feed): Buffer {
  return body.subarray(start, end)
}

function cuttable(document: Document): Feed {
  const feed = readFeed(document)
  assert.equal(feed.kind, 'feed')
  return feed as Feed
}

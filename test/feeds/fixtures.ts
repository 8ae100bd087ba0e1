import { readFileSync } from 'node:fs'
import type { Document, Feed } from '../../src/feeds/document.ts'
import { readFeed } from '../../src/feeds/entries.ts'
import { reduce } from '../../src/feeds/reduce.ts'

/** A feed as `fixtures/feeds/manifest.json` lists it; counted by another parser than ours. */
export interface ListedFeed {
  readonly file: string
  readonly kind: string
  readonly encoding: string
  readonly contentType: string
  readonly entries: number
  readonly duplicateIds: number
  readonly wellFormed: boolean
}

/** Two versions of a feed, and what a reader of the first lacks of the second. */
export interface ListedPair {
  readonly pair: string
  readonly v1: string
  readonly v2: string
  readonly contentType: string
  readonly expectedNewOrChanged: readonly string[]
}

const fixtures = new URL('../fixtures/', import.meta.url)

export const feeds: readonly ListedFeed[] = list('feeds')
export const pairs: readonly ListedPair[] = list('feed-pairs')

export function feedDocument({ file, contentType }: Pick<ListedFeed, 'file' | 'contentType'>): Document {
  return { body: readFileSync(new URL(`feeds/${file}`, fixtures)), contentType }
}

export function pairDocuments({ v1, v2, contentType }: ListedPair): readonly [Document, Document] {
  const read = (file: string) => ({ body: readFileSync(new URL(`feed-pairs/${file}`, fixtures)), contentType })
  return [read(v1), read(v2)]
}

function list<Listed>(folder: string): readonly Listed[] {
  return JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, fixtures), 'utf8'))
}

/**
 * Prints how each feed is delivered to whoever has another version of its first entry, and the second of each pair to whoever
 * has the first: `node test/feeds/fixtures.ts`.
 */
function printTable(): void {
  printRow('file', 'entries', 'expected', 'delivered')
  for (const listed of feeds) {
    const document = feedDocument(listed)
    const feed = readFeed(document)
    if (feed.kind === 'whole') printRow(listed.file, listed.entries, listed.entries, `all, since: ${feed.why}`)
    else printRow(listed.file, listed.entries, 1, delivered(withOtherFirst(feed, document), document))
  }
  for (const pair of pairs) {
    const [before, after] = pairDocuments(pair)
    printRow(pair.pair, '', pair.expectedNewOrChanged.length, delivered(before, after))
  }
}

/** With something in its first entry that says nothing. */
function withOtherFirst({ dialect, mark, body, entries }: Feed, { contentType }: Document): Document {
  const { start, end } = entries.find(({ isNotice }) => !isNotice)?.piece ?? { start: 0, end: 0 }
  const [at, nothing] = dialect === 'json' ? [start + 1, ' '] : [body.lastIndexOf('</', end), '<!-- -->']
  return { contentType, body: Buffer.concat([mark, body.subarray(0, at), Buffer.from(nothing), body.subarray(at)]) }
}

function delivered(before: Document, after: Document): string {
  const reduced = reduce(before, [after])
  if (reduced.kind === 'nothing') return '0, no delivery'
  return reduced.kind === 'reduced' ? String(reduced.entries) : `all, since: ${reduced.why}`
}

function printRow(...[name, entries, expected, found]: readonly [string, ...(string | number)[]]): void {
  console.log(name.padEnd(42), String(entries).padStart(8), String(expected).padStart(9), ` ${found}`)
}

if (process.argv[1] === new URL(import.meta.url).pathname) printTable()

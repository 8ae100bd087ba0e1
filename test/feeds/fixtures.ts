import { readFileSync } from 'node:fs'
import type { Document } from '../../src/feeds/document.ts'
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

export function feedDocument({ file, contentType }: ListedFeed): Document {
  return { body: readFileSync(new URL(`feeds/${file}`, fixtures)), contentType }
}

export function pairDocuments({ v1, v2, contentType }: ListedPair): readonly [Document, Document] {
  const read = (file: string) => ({ body: readFileSync(new URL(`feed-pairs/${file}`, fixtures)), contentType })
  return [read(v1), read(v2)]
}

function list<Listed>(folder: string): readonly Listed[] {
  return JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, fixtures), 'utf8'))
}

/** Prints how each fixture is read: `node test/feeds/fixtures.ts`. */
function printTable(): void {
  for (const feed of feeds) {
    const read = readFeed(feedDocument(feed))
    const found = read.kind === 'feed' ? `cut    ${read.entries.length}` : `whole  ${read.why}`
    console.log(`${feed.file.padEnd(42)} ${String(feed.entries).padStart(4)} listed  ${found}`)
  }
  for (const pair of pairs) {
    const [before, after] = pairDocuments(pair)
    const reduced = reduce(before, [after])
    const found = reduced.kind === 'reduced' ? `reduced ${reduced.entries}` : reduced.kind
    console.log(`${pair.pair.padEnd(42)} ${String(pair.expectedNewOrChanged.length).padStart(4)} expected ${found}`)
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) printTable()

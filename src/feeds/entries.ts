import { mediaType } from '../discovery/charset.ts'
import { type Document, type Entry, type Feed, type Whole, whole } from './document.ts'
import { bytewiseEncoding } from './encoding.ts'
import { readJsonFeed } from './json-feed.ts'
import type { Source } from './source.ts'
import { readXml } from './xml.ts'
import { readXmlFeed } from './xml-feed.ts'

/**
 * Finds the entries of a feed: Atom 1.0 and 0.3, RSS 2.0, 0.9x and 1.0, JSON Feed. Whatever is not plainly one of them, or
 * could come to harm when it is cut, is left whole: the answer then says why.
 */
export function readFeed(document: Document): Feed | Whole {
  const encoding = bytewiseEncoding(document)
  if (encoding === null) return whole('Its encoding cannot be cut byte by byte.')
  const markBytes = document.body.subarray(0, utf8Mark.length).equals(utf8Mark) ? utf8Mark.length : 0
  const body = document.body.subarray(markBytes)
  // One character a byte: whatever finds a position in the text has found one in the bytes.
  const source: Source = { mark: document.body.subarray(0, markBytes), body, text: body.toString('latin1'), encoding }
  const feed = isJson(document) ? readJsonFeed(source) : readXmlDocument(source)
  return feed.kind === 'feed' ? (hindrance(feed) ?? feed) : feed
}

/** Whether a document is JSON by its type or, where the type does not say that it is XML, by its first character. */
export function isJson({ body, contentType }: Document): boolean {
  const type = mediaType(contentType)
  if (type !== null && /[/+]xml$/.test(type)) return false
  return (type !== null && /[/+]json$/.test(type)) || /^\s*\{/.test(body.toString('latin1', 0, beginningBytes))
}

/** An entry's identity, told from that of the notice of its deletion. */
export function entryKey({ identity, isNotice }: Pick<Entry, 'identity' | 'isNotice'>): string {
  return `${isNotice ? 'deleted' : 'entry'} ${identity}`
}

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf])
const beginningBytes = 64

function readXmlDocument(source: Source): Feed | Whole {
  const root = readXml(source.text)
  return 'why' in root ? whole(root.why) : readXmlFeed(root, source)
}

/** Entries must be told apart; and where none is found they may stand where nobody looked. */
function hindrance({ entries }: Feed): Whole | null {
  if (entries.length === 0) return whole('It has no entries.')
  const isAmbiguous = new Set(entries.map(entryKey)).size < entries.length
  return isAmbiguous ? whole('Several of its entries have the same identity.') : null
}

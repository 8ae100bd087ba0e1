import { decodedChunks } from '../discovery/charset.ts'
import type { Document } from '../feeds/document.ts'
import { bytewiseEncoding } from '../feeds/encoding.ts'
import type { Place } from '../feeds/source.ts'

/** A page as text, and its bytes from one place of the text to another. */
export interface PageText {
  readonly text: string
  /** The encoding of what `bytesOf` returns. */
  readonly encoding: string
  bytesOf(place: Place): Buffer
}

/**
 * Parts are the page's own bytes where places of the text are places in the bytes: in UTF-8 that is valid, and in encodings of
 * one byte a character. Of any other page they are UTF-8.
 */
export function pageText(page: Document): PageText {
  const text = [...decodedChunks(page.body, page.contentType)].join('')
  const encoding = bytewiseEncoding(page)
  if (encoding !== null && encoding !== 'utf-8') {
    return { text, encoding, bytesOf: ({ start, end }) => page.body.subarray(start, end) }
  }
  return { text, encoding: 'utf-8', bytesOf: ({ start, end }) => Buffer.from(text.slice(start, end)) }
}

import { decodedChunks, mediaType } from '../discovery/charset.ts'
import { documentKind } from '../discovery/document-kind.ts'
import type { Document } from '../feeds/document.ts'
import { bytewiseEncoding } from '../feeds/encoding.ts'
import type { Place } from '../feeds/source.ts'
import { type MarkupTree, markupTree } from './markup-part.ts'

/** A page, read once for all fragments that are looked for in it. */
export type Page =
  | (PageText & { readonly kind: 'json' })
  | (PageText & { readonly kind: 'html' | 'xml'; readonly contentType: string; readonly tree: MarkupTree })
  /** Nothing that has parts. */
  | { readonly kind: 'other' }

/** A page as text, and its bytes from one place of the text to another. */
export interface PageText {
  readonly text: string
  /** The encoding of what `bytesOf` returns. */
  readonly encoding: string
  bytesOf(place: Place): Buffer
}

export function readPage(document: Document): Page {
  const source = pageText(document)
  const kind = kindOf(document, source.text)
  if (kind === null) return { kind: 'other' }
  if (kind === 'json') return { kind, ...source }
  return {
    kind,
    ...source,
    contentType: document.contentType,
    tree: markupTree(source.text, { isXml: kind === 'xml' }),
  }
}

/**
 * Parts are the page's own bytes where places of the text are places in the bytes: in UTF-8 that is valid, and in encodings of
 * one byte a character. Of any other page they are UTF-8.
 */
function pageText(page: Document): PageText {
  const text = [...decodedChunks(page.body, page.contentType)].join('')
  const encoding = bytewiseEncoding(page)
  if (encoding !== null && encoding !== 'utf-8') {
    return { text, encoding, bytesOf: ({ start, end }) => page.body.subarray(start, end) }
  }
  return { text, encoding: 'utf-8', bytesOf: ({ start, end }) => Buffer.from(text.slice(start, end)) }
}

/** Servers call JSON by many names, HTML among them; but no HTML is JSON. */
function kindOf({ contentType }: Document, text: string): 'html' | 'xml' | 'json' | null {
  const type = mediaType(contentType)
  const kind = documentKind(type, () => [text])
  if (kind === 'json' || (kind !== 'xml' && /^\s*[{[]/.test(text))) return isJson(text) ? 'json' : markupKind(kind)
  if (kind === null && type === 'application/octet-stream' && /^\s*</.test(text)) return 'html'
  return markupKind(kind)
}

function markupKind(kind: ReturnType<typeof documentKind>): 'html' | 'xml' | null {
  if (kind === 'xhtml') return 'xml'
  return kind === 'json' ? null : kind
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

import { encodingLabels, mediaType } from '../discovery/charset.ts'
import { documentKind } from '../discovery/document-kind.ts'
import type { Document } from '../feeds/document.ts'
import type { Fragment } from './fragment.ts'
import { jsonPlaces } from './json-part.ts'
import type { JsonPath } from './json-path.ts'
import { markupPlaces } from './markup-part.ts'
import { type PageText, pageText } from './source.ts'

/** What a page says where a fragment points to. */
export type Part =
  /** At least one byte. */
  { readonly kind: 'part'; readonly body: Buffer; readonly contentType: string } | Nothing

/** It says nothing there, and why: a sentence. */
export interface Nothing {
  readonly kind: 'nothing'
  readonly why: string
}

export function nothing(why: string): Nothing {
  return { kind: 'nothing', why }
}

/**
 * The part of a page that a fragment names. Elements that a selector matches stand one behind the other, byte for byte; of
 * JSON it is the value found, or where a path may lead to several an array of all that are, each byte for byte.
 */
export function partOf(page: Document, { selector, path }: Fragment): Part {
  const source = pageText(page)
  const kind = kindOf(page, source.text)
  if (kind === null) return nothing('The page is neither markup nor JSON: it has no parts that could be told apart.')
  if (kind === 'json') {
    if (path === null) return nothing('The page is JSON: its parts are named by a path such as #$.store.price.')
    return jsonPart(source, path)
  }
  if (selector === null) return nothing('The page is markup: its parts are named by a CSS selector such as #.price.')
  return markupPart(page, source, { selector, isXml: kind === 'xml' })
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

function jsonPart(source: PageText, path: JsonPath): Part {
  const places = jsonPlaces(source.text, path)
  if (places.length === 0) return nothing('Nothing on the page is where the path leads.')
  const values = places.map(({ start, end }) => Buffer.from(source.text.slice(start, end))) // UTF-8 (RFC 8259 §8.1).
  const body = path.isSingular ? Buffer.concat(values) : arrayOf(values)
  return { kind: 'part', body, contentType: 'application/json' }
}

function arrayOf(values: readonly Buffer[]): Buffer {
  const separated = values.flatMap((value, index) => (index === 0 ? [value] : [Buffer.from(','), value]))
  return Buffer.concat([Buffer.from('['), ...separated, Buffer.from(']')])
}

function markupPart(
  page: Document,
  source: PageText,
  { selector, isXml }: { readonly selector: string; readonly isXml: boolean },
): Part {
  const places = markupPlaces(source.text, selector, { isXml })
  if (places.length === 0) return nothing('Nothing on the page matches the selector.')
  return { kind: 'part', body: Buffer.concat(places.map(source.bytesOf)), contentType: typeOf(page, source, isXml) }
}

/** A part has no declaration of its own, so its type says the encoding. Elements in a row are no XML document (RFC 7303 §4.3). */
function typeOf({ contentType }: Document, { encoding }: PageText, isXml: boolean): string {
  if (isXml) return `application/xml-external-parsed-entity; charset=${encoding}`
  const type = mediaType(contentType)
  if (type !== 'text/html') return `text/html; charset=${encoding}`
  const [told] = encodingLabels(new Uint8Array(), contentType)
  return told !== undefined && nameOf(told) === encoding ? contentType : `text/html; charset=${encoding}`
}

function nameOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

import { encodingLabels } from '../discovery/charset.ts'
import type { Place } from '../feeds/source.ts'
import type { Fragment } from './fragment.ts'
import { jsonPlaces } from './json-part.ts'
import type { JsonPath } from './json-path.ts'
import { type MarkupTree, markupPlaces } from './markup-part.ts'
import type { Page, PageText } from './page.ts'

/** What a page says where a fragment points to. */
export type Part =
  /** At least one byte. */
  { readonly kind: 'part'; readonly body: Buffer; readonly contentType: string } | Nothing

/** It says nothing there, and why: a sentence. */
export interface Nothing {
  readonly kind: 'nothing'
  readonly why: string
  /** It is not known what it says: finding that took too much. */
  readonly isGivenUp?: true
}

export function nothing(why: string): Nothing {
  return { kind: 'nothing', why }
}

/**
 * The part of a page that a fragment names. Elements that a selector matches stand one behind the other, byte for byte; of
 * JSON it is the value found, or where a path may lead to several an array of all that are, each byte for byte.
 */
export function partOf(page: Page, { selector, path }: Fragment): Part {
  switch (page.kind) {
    case 'json':
      if (path === null) return nothing('The page is JSON: its parts are named by a path such as #$.store.price.')
      return jsonPart(page, path)
    case 'html':
    case 'xml':
      if (selector === null)
        return nothing('The page is markup: its parts are named by a CSS selector such as #.price.')
      return markupPart(page, selector)
    case 'other':
      return nothing('The page is neither markup nor JSON: it has no parts that could be told apart.')
    default:
      return page satisfies never
  }
}

function jsonPart(source: PageText, path: JsonPath): Part {
  const places = jsonPlaces(source.text, path)
  if (places.length === 0) return nothing('Nothing on the page is where the path leads.')
  // Values found by `..` may lie in each other; what they come to together grows with the square of the depth.
  if (lengthOf(places) > source.text.length) return nothing('The path leads to more than the whole page.')
  const values = places.map(({ start, end }) => Buffer.from(source.text.slice(start, end))) // UTF-8 (RFC 8259 §8.1).
  const body = path.isSingular ? Buffer.concat(values) : arrayOf(values)
  return { kind: 'part', body, contentType: 'application/json' }
}

function lengthOf(places: readonly Place[]): number {
  return places.reduce((length, { start, end }) => length + end - start, 0)
}

function arrayOf(values: readonly Buffer[]): Buffer {
  const separated = values.flatMap((value, index) => (index === 0 ? [value] : [Buffer.from(','), value]))
  return Buffer.concat([Buffer.from('['), ...separated, Buffer.from(']')])
}

function markupPart(page: MarkupPage, selector: string): Part {
  const places = markupPlaces(page, selector)
  if (places.length === 0) return nothing('Nothing on the page matches the selector.')
  return { kind: 'part', body: Buffer.concat(places.map(page.bytesOf)), contentType: typeOf(page) }
}

type MarkupPage = Extract<Page, { tree: MarkupTree }>

/** A part has no declaration of its own, so its type says the encoding. Elements in a row are no XML document (RFC 7303 §4.3). */
function typeOf({ kind, contentType, encoding }: MarkupPage): string {
  if (kind === 'xml') return `application/xml-external-parsed-entity; charset=${encoding}`
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

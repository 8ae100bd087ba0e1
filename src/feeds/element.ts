import type { Attributes } from '../discovery/link-elements.ts'

/** An element of a feed that was read to its end. */
export interface Element {
  /** As written, with its prefix. */
  readonly name: string
  readonly attributes: Attributes
  readonly parent: Element | null
  /** Elements and text, in order. */
  readonly content: readonly (Element | string)[]
}

/**
 * What an element is called whatever prefix its document chose: `title` for those of Atom and RSS themselves, `dc:date` and
 * the like for the extensions that are read here; null: it is another one.
 */
export function nameOf(element: Element): string | null {
  const [local = '', prefix = ''] = element.name.split(':').reverse()
  const namespace = namespaceOf(element, prefix)
  const known = namespaces.get(namespace.toLowerCase().replace(/[/#]$/, ''))
  if (known !== undefined) return known === '' ? local : `${known}:${local}`
  // Without a prefix it is the feed's own, whatever namespace RSS was put into; and prefixes that nobody declared mean the usual.
  if (prefix === '') return namespace === xhtml ? null : local
  return namespace === '' ? element.name : null
}

/** The children of that name. */
export function childrenOf(element: Element, ...names: readonly string[]): readonly Element[] {
  return elementsOf(element).filter((child) => names.includes(nameOf(child) ?? ''))
}

export function elementsOf({ content }: Element): readonly Element[] {
  return content.filter((part) => typeof part !== 'string')
}

/** All its text without markup, white space around it removed; null where there is none. */
export function textOf(element: Element | undefined): string | null {
  if (element === undefined) return null
  const text = textIn(element).trim()
  return text === '' ? null : text
}

/** The text of the first child that has one of the names, the first name first; null where none has any. */
export function childText(element: Element, ...names: readonly string[]): string | null {
  for (const name of names) {
    for (const child of childrenOf(element, name)) {
      const text = textOf(child)
      if (text !== null) return text
    }
  }
  return null
}

/** What it holds, as markup of HTML: prefixes gone, and no element closed in a way that only XML knows. */
export function markupIn({ content }: Element): string {
  return content.map((part) => (typeof part === 'string' ? escaped(part) : markupOf(part))).join('')
}

/** The value of an attribute that is in force for an element, as `xml:lang` is. */
export function inForce(element: Element, attribute: string): string | null {
  for (let at: Element | null = element; at !== null; at = at.parent) {
    const value = at.attributes[attribute]
    if (value !== undefined) return value
  }
  return null
}

const xhtml = 'http://www.w3.org/1999/xhtml'

/** Namespaces and what their elements are called here; the empty name: a feed's own. Without the last character where it is / or #. */
const namespaces: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2005/atom', ''],
  ['http://purl.org/atom/ns', ''],
  ['http://purl.org/rss/1.0', ''],
  ['http://my.netscape.com/rdf/simple/0.9', ''],
  ['http://channel.netscape.com/rdf/simple/0.9', ''],
  ['http://purl.org/dc/elements/1.1', 'dc'],
  ['http://purl.org/dc/terms', 'dc'],
  ['http://purl.org/rss/1.0/modules/content', 'content'],
  ['http://www.georss.org/georss', 'georss'],
  ['http://www.w3.org/2003/01/geo/wgs84_pos', 'geo'],
])

function namespaceOf(element: Element, prefix: string): string {
  return inForce(element, prefix === '' ? 'xmlns' : `xmlns:${prefix}`) ?? ''
}

function textIn({ content }: Element): string {
  return content.map((part) => (typeof part === 'string' ? part : textIn(part))).join('')
}

function markupOf(element: Element): string {
  const name = element.name.slice(element.name.indexOf(':') + 1)
  const attributes = Object.entries(element.attributes)
    .filter(([attribute]) => !/^xmlns(?::|$)/.test(attribute))
    .map(([attribute, value]) => ` ${attribute}="${escaped(value).replaceAll('"', '&quot;')}"`)
  const opening = `<${name}${attributes.join('')}>`
  return voidElements.has(name) ? opening : `${opening}${markupIn(element)}</${name}>`
}

/** HTML Standard §13.1.2. */
const voidElements: ReadonlySet<string> = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'],
])

/** Text as markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

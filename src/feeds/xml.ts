import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { isSpace, type Place } from './source.ts'

/** An element, with where it stands in the text. */
export interface XmlElement extends Place {
  readonly name: string
  /** As written: references are not resolved. */
  readonly attributes: Readonly<Record<string, string>>
  /** What the parser made of its content; see `elementsIn` and `textOf`. */
  readonly content: readonly ParsedNode[]
}

/** The parser's own form: one key is the name, or says that it is text or a CDATA section. */
interface ParsedNode {
  readonly [name: string | symbol]: unknown
  readonly ':@'?: Readonly<Record<string, string>>
}

const textKey = '#text'
const cdataKey = '#cdata'
const commentKey = '#comment'
// Declared as the object type `Symbol`, which cannot be a key.
const position = XMLParser.getMetaDataSymbol() as unknown as symbol

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: textKey,
  cdataPropName: cdataKey,
  commentPropName: commentKey,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  maxNestedTags: 200,
})

/**
 * Reads an XML document without a document type, and nothing else: it is well-formed, or there is no answer. No entity is
 * expanded and nothing is loaded.
 *
 * @param text the document's bytes, one character each (`latin1`), so that every position is one of a byte
 * @returns the root element, or why there is none
 */
export function readXml(text: string): XmlElement | { readonly why: string } {
  const begin = afterMisc(text, 0)
  if (text.startsWith('<!', begin)) return { why: 'It has a document type.' }
  return wellFormedRoot(text, begin) ?? { why: 'It is not well-formed XML.' }
}

function wellFormedRoot(text: string, begin: number): XmlElement | null {
  try {
    if (hasControls(text) || hasMisplacedDeclaration(text) || XMLValidator.validate(text) !== true) return null
    const nodes: readonly ParsedNode[] = parser.parse(text)
    const [root] = elementsIn(nodes)
    const isAlone = root?.start === begin && afterMisc(text, root.end) === text.length
    return isAlone && isStrict(nodes) ? root : null
  } catch {
    return null
  }
}

/** Behind white space, comments and processing instructions, the XML declaration among them. */
function afterMisc(text: string, from: number): number {
  for (let at = from; ; ) {
    while (isSpace(text.charCodeAt(at))) at++
    const [opening, closing] = text.startsWith('<?', at) ? ['<?', '?>'] : ['<!--', '-->']
    const end = text.startsWith(opening, at) ? text.indexOf(closing, at + opening.length) : -1
    if (end === -1) return at
    at = end + closing.length
  }
}

/** The elements among some content, in order. */
export function* elementsIn(content: readonly ParsedNode[]): Generator<XmlElement, void> {
  for (const node of content) {
    const name = nameOf(node)
    if (notElements.has(name)) continue
    const { startIndex, endIndex } = placeOf(node)
    yield { name, attributes: node[':@'] ?? {}, start: startIndex, end: endIndex, content: contentOf(node) }
  }
}

/** The text that stands directly in some content, references resolved. */
export function textOf(content: readonly ParsedNode[]): string {
  return content
    .map((node) => {
      const name = nameOf(node)
      if (name === textKey) return resolved(String(node[textKey]))
      return name === cdataKey ? sectionOf(node) : ''
    })
    .join('')
}

/** The five references of XML, and characters by their number. */
export function resolved(text: string): string {
  return text.replace(references, (written, reference: string) => {
    const code = codeOf(reference)
    return code === null ? written : String.fromCodePoint(code)
  })
}

const references = /&([^\s&;]*);/g
const named: ReadonlyMap<string, string> = new Map(Object.entries({ lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' }))

/** The character a reference stands for; null: none that XML 1.0 knows by itself, or allows (§2.2). */
function codeOf(reference: string): number | null {
  const [, decimal, hexadecimal] = /^#(?:(\d+)|x([\da-fA-F]+))$/.exec(reference) ?? []
  if (decimal === undefined && hexadecimal === undefined) return named.get(reference)?.codePointAt(0) ?? null
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  return isSpace(code) || (code >= 0x20 && code < 0xd800) || (code > 0xdfff && code <= 0x10ffff) ? code : null
}

function placeOf(node: ParsedNode): { readonly startIndex: number; readonly endIndex: number } {
  return node[position] as { startIndex: number; endIndex: number }
}

function nameOf(node: ParsedNode): string {
  for (const name in node) if (name !== ':@') return name
  return ''
}

function contentOf(node: ParsedNode): readonly ParsedNode[] {
  const content = node[nameOf(node)]
  return Array.isArray(content) ? content : []
}

/** What stands in a CDATA section, or a comment. */
function sectionOf(node: ParsedNode): string {
  return contentOf(node)
    .map((part) => String(part[textKey] ?? ''))
    .join('')
}

/** Characters that XML 1.0 §2.2 leaves out. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && !isSpace(code)) return true
  }
  return false
}

/** A document type or an XML declaration that does not begin the document; quoted in a comment or CDATA it is text. */
function hasMisplacedDeclaration(text: string): boolean {
  for (const { 0: markup, index } of text.matchAll(/<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!/gs)) {
    if (markup === '<!' || (index > 0 && /^<\?xml\s/i.test(markup))) return true
  }
  return false
}

/**
 * What the validator lets pass although XML 1.0 does not: references to nothing, `]]>` in text, `--` in comments, and `<`
 * in an attribute's value.
 */
function isStrict(nodes: readonly ParsedNode[]): boolean {
  const open = [nodes]
  for (let content = open.pop(); content !== undefined; content = open.pop()) {
    for (const node of content) {
      if (!isStrictNode(node)) return false
      if (!notElements.has(nameOf(node))) open.push(contentOf(node))
    }
  }
  return true
}

const notElements: ReadonlySet<string> = new Set([textKey, cdataKey, commentKey])

function isStrictNode(node: ParsedNode): boolean {
  switch (nameOf(node)) {
    case textKey: {
      const text = String(node[textKey])
      return !text.includes(']]>') && refersWell(text)
    }
    case commentKey:
      return !/--|-$/.test(sectionOf(node))
    case cdataKey:
      return true
    default:
      return Object.values(node[':@'] ?? {}).every((value) => !value.includes('<') && refersWell(value))
  }
}

/** Every `&` begins a reference to a character. */
function refersWell(text: string): boolean {
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) {
    const end = text.indexOf(';', at)
    if (end === -1 || codeOf(text.slice(at + 1, end)) === null) return false
  }
  return true
}

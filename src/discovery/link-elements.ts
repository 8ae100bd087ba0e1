import { setImmediate as turn } from 'node:timers/promises'
import { Parser } from 'htmlparser2'
import { urlCharactersMax } from '../url-rules.ts'

/** A link as a document has it, still relative to its base. */
export interface FoundLink {
  readonly href: string
  /** In lower case. */
  readonly rels: readonly string[]
  readonly base: string
}

export type Attributes = Readonly<Record<string, string>>

/** No document nests deeper; what does is meant to hurt: the parser's own work grows with the depth. */
export const depthMax = 200
/** Of self and hub links; no topic names more. */
export const linksMax = 100
const atomNamespaces: ReadonlySet<string> = new Set(['http://www.w3.org/2005/Atom', 'http://purl.org/atom/ns#'])

interface Element {
  readonly name: string
  readonly attributes: Attributes
  readonly parent: Element | null
}

/**
 * The self and hub links of an XML feed: Atom's `link` as a child of the feed, or of the channel of RSS 2.0 and 1.0, by
 * namespace whatever its prefix, never those inside entries (DISC-05). Each is resolved against the `xml:base` in force.
 * Entities beyond XML's own are not expanded, no DTD is read, nothing is loaded.
 *
 * @returns null where the root element is HTML's
 */
export async function feedLinks(chunks: Iterable<string>, url: string): Promise<readonly FoundLink[] | null> {
  const links: FoundLink[] = []
  const open: Element[] = []
  let isHtml = false
  let isDone = false

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, attributes, parent: open.at(-1) ?? null }
        isHtml ||= open.length === 0 && localName(name) === 'html'
        if (isFeedLevel(open) && isAtomLink(element)) addLink(links, attributes, () => baseOf(element, url))
        open.push(element)
        if (isHtml || open.length > depthMax || links.length === linksMax) {
          isDone = true
          parser.pause()
        }
      },
      onclosetag() {
        open.pop()
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  await parseInTurns(parser, chunks, () => isDone)
  return isHtml ? null : links
}

/** Writes chunk after chunk; between two, the event loop turns. */
export async function parseInTurns(parser: Parser, chunks: Iterable<string>, isDone: () => boolean): Promise<void> {
  for (const chunk of chunks) {
    parser.write(chunk)
    if (isDone()) return
    await turn()
  }
}

/** Takes a link if it is a self or hub link; its base is asked for only then. */
export function addLink(links: FoundLink[], { rel, href }: Attributes, base: () => string): void {
  const rels = (rel ?? '').toLowerCase().split(/\s+/)
  if (href !== undefined && (rels.includes('self') || rels.includes('hub'))) links.push({ href, rels, base: base() })
}

/** A base a document declares, resolved; null where it is none. A long one would be copied into every link. */
export function declaredBase(base: string | undefined, outer: string): string | null {
  if (base === undefined || base.length > urlCharactersMax) return null
  const url = URL.parse(base.trim(), outer)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

/** Inside the feed, or the channel of RSS, and nothing deeper. */
function isFeedLevel(open: readonly Element[]): boolean {
  const [root, channel] = open
  if (root === undefined || open.length > 2) return false
  if (channel === undefined) return localName(root.name) === 'feed' && atomNamespaces.has(namespaceOf(root))
  return ['rss', 'RDF'].includes(localName(root.name)) && localName(channel.name) === 'channel'
}

function isAtomLink(element: Element): boolean {
  if (localName(element.name) !== 'link') return false
  const namespace = namespaceOf(element)
  // Feeds that use the prefix without declaring it mean the same.
  return atomNamespaces.has(namespace) || (element.name === 'atom:link' && namespace === '')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** Looked up through the ancestors, not inherited by copying: a root may declare a hundred thousand. */
function namespaceOf(element: Element): string {
  const colon = element.name.indexOf(':')
  const declaration = colon === -1 ? 'xmlns' : `xmlns:${element.name.slice(0, colon)}`
  for (let at: Element | null = element; at !== null; at = at.parent) {
    const namespace = at.attributes[declaration]
    if (namespace !== undefined) return namespace
  }
  return ''
}

function baseOf({ attributes, parent }: Element, url: string): string {
  const outer = parent === null ? url : baseOf(parent, url)
  return declaredBase(attributes['xml:base'], outer) ?? outer
}

import { Parser } from 'htmlparser2'

/** A link as a document has it, still relative to its base. */
export interface FoundLink {
  readonly href: string
  /** In lower case. */
  readonly rels: readonly string[]
  readonly base: string
}

const atomNamespaces: ReadonlySet<string> = new Set(['http://www.w3.org/2005/Atom', 'http://purl.org/atom/ns#'])
/** Parsed at one go; between two, deliveries have their turn. */
const chunkCharacters = 64 * 1024
/** No feed nests deeper; what does is meant to hurt. */
const depthMax = 200

interface Element {
  readonly local: string
  readonly namespace: string
  readonly base: string
  readonly namespaces: ReadonlyMap<string, string>
}

/**
 * The links of an XML feed: Atom's `link` as a child of the feed, or of the channel of RSS 2.0 and 1.0, by namespace
 * whatever its prefix, never those inside entries (DISC-05). Each is resolved against the `xml:base` in force. Entities
 * beyond XML's own are not expanded, no DTD is read, nothing is loaded.
 *
 * @returns null where the root element is HTML's
 */
export async function feedLinks(text: string, url: string): Promise<readonly FoundLink[] | null> {
  const links: FoundLink[] = []
  const open: Element[] = []
  let isHtml = false
  let tooDeep = false

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = opened(name, attributes, open.at(-1), url)
        if (open.length === 0 && element.local === 'html') isHtml = true
        if (isFeedLevel(open) && isAtomLink(name, element)) links.push(linkOf(attributes, element.base))
        open.push(element)
        if (open.length > depthMax) tooDeep = true
      },
      onclosetag() {
        open.pop()
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  for (let at = 0; at < text.length && !isHtml && !tooDeep; at += chunkCharacters) {
    if (at > 0) await new Promise(setImmediate)
    parser.write(text.slice(at, at + chunkCharacters))
  }
  return isHtml ? null : links
}

function opened(
  name: string,
  attributes: Readonly<Record<string, string>>,
  parent: Element | undefined,
  url: string,
): Element {
  const declared = Object.entries(attributes).filter(([key]) => key === 'xmlns' || key.startsWith('xmlns:'))
  const inherited = parent?.namespaces ?? new Map<string, string>()
  const namespaces =
    declared.length === 0
      ? inherited
      : new Map([...inherited, ...declared.map(([key, value]) => [key.slice('xmlns:'.length), value] as const)])
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const parentBase = parent?.base ?? url
  const ownBase = attributes['xml:base']
  return {
    local: colon === -1 ? name : name.slice(colon + 1),
    namespace: namespaces.get(prefix) ?? '',
    base: ownBase === undefined ? parentBase : (URL.parse(ownBase.trim(), parentBase)?.href ?? parentBase),
    namespaces,
  }
}

/** Inside the feed, or the channel of RSS, and nothing deeper. */
function isFeedLevel(open: readonly Element[]): boolean {
  const [root, channel] = open
  if (root?.local === 'feed') return open.length === 1 && atomNamespaces.has(root.namespace)
  return open.length === 2 && (root?.local === 'rss' || root?.local === 'RDF') && channel?.local === 'channel'
}

function isAtomLink(name: string, { local, namespace }: Element): boolean {
  // Feeds that use the prefix without declaring it mean the same.
  return local === 'link' && (atomNamespaces.has(namespace) || (name === 'atom:link' && namespace === ''))
}

export function linkOf(attributes: Readonly<Record<string, string>>, base: string): FoundLink {
  const rels = (attributes.rel ?? '').toLowerCase().split(/\s+/)
  return { href: attributes.href ?? '', rels: rels.filter((rel) => rel !== ''), base }
}

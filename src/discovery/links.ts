import { decodedChunks, mediaType } from './charset.ts'
import { documentKind } from './document-kind.ts'
import { htmlLinks } from './html-links.ts'
import { type FoundLink, feedLinks, linksMax } from './link-elements.ts'
import { type HeaderLink, parseLinkHeader } from './link-header.ts'

/** What a topic's answer says of itself (§4). */
export interface DiscoveredLinks {
  /** The canonical URL, verbatim where it is absolute; null: the answer names none. */
  readonly self: string | null
  /** In their order; verbatim where absolute, since subscribers compare strings. */
  readonly hubs: readonly string[]
  /** How many different self links there were: more than one is a fault, of which the first counts (DISC-06). */
  readonly selves: number
}

export interface TopicAnswer {
  /** The URL that answered, after redirects: relative links are resolved against it (DISC-03). */
  readonly url: string
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Uint8Array
}

/**
 * Finds the hub and self links in the order §4 gives: `Link` header fields, and where these name none of a kind, the
 * document's own links. Never throws, whatever the bytes are: content that cannot be parsed names nothing (SEC-22).
 */
export async function discoverLinks({ url, headers, body }: TopicAnswer): Promise<DiscoveredLinks> {
  const inHeaders = parseLinkHeader((headers.get('link') ?? []).map(asUtf8))
    .filter((link) => isOf(link, url))
    .map(({ target, rels }) => ({ href: target, rels, base: url }))
  const header = linksByKind(inHeaders)
  if (header.selves.length > 0 && header.hubs.length > 0) return chosen(header.selves, header.hubs)
  const document = linksByKind(await documentLinks({ url, headers, body }))
  return chosen(
    header.selves.length > 0 ? header.selves : document.selves,
    header.hubs.length > 0 ? header.hubs : document.hubs,
  )
}

/** Fields come with one character a byte; what URLs mean by bytes beyond ASCII is UTF-8. */
function asUtf8(field: string): string {
  return Buffer.from(field, 'latin1').toString('utf8')
}

/** A link with an anchor speaks of what the anchor names (RFC 8288 §3.2). */
function isOf({ anchor }: HeaderLink, url: string): boolean {
  return anchor === null || URL.parse(anchor, url)?.href === URL.parse(url)?.href
}

function chosen(selves: readonly string[], hubs: readonly string[]): DiscoveredLinks {
  return { self: selves[0] ?? null, hubs: [...new Set(hubs)], selves: new Set(selves).size }
}

function linksByKind(links: readonly FoundLink[]): { selves: readonly string[]; hubs: readonly string[] } {
  const targets = (rel: string) =>
    links.filter(({ rels }) => rels.includes(rel)).flatMap(({ href, base }) => absolute(href, base) ?? [])
  return { selves: targets('self'), hubs: targets('hub') }
}

function absolute(href: string, base: string): string | null {
  const text = href.trim()
  const url = URL.parse(text, base)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const isAbsolute = /^https?:\/\//i.test(text) && !/[\s\p{Cc}]/u.test(text)
  return isAbsolute ? text : url.href
}

async function documentLinks({ url, headers, body }: TopicAnswer): Promise<readonly FoundLink[]> {
  const contentType = headers.get('content-type')?.[0]
  const chunks = () => decodedChunks(body, contentType)
  switch (documentKind(mediaType(contentType), chunks)) {
    case 'html':
      return htmlLinks(chunks(), { url, isXhtml: false })
    case 'xhtml':
      return htmlLinks(chunks(), { url, isXhtml: true })
    case 'xml':
      return (await feedLinks(chunks(), url)) ?? htmlLinks(chunks(), { url, isXhtml: true })
    case 'json':
      return jsonFeedLinks([...chunks()].join(''), url)
    default:
      return []
  }
}

/** JSON Feed 1.1 names its URL and hubs itself; outside the Recommendation, hence the last resort (DISC-08). */
function jsonFeedLinks(text: string, url: string): readonly FoundLink[] {
  // Parsing holds up everything else, and most JSON is no feed.
  const feed = text.includes('jsonfeed.org') ? parsedJson(text) : null
  if (typeof feed !== 'object' || feed === null || !('version' in feed) || !isJsonFeedVersion(feed.version)) return []
  const self = 'feed_url' in feed && typeof feed.feed_url === 'string' ? [feed.feed_url] : []
  const hubs = 'hubs' in feed && Array.isArray(feed.hubs) ? feed.hubs.slice(0, linksMax).flatMap(webSubHub) : []
  return [
    ...self.map((href) => ({ href, rels: ['self'], base: url })),
    ...hubs.map((href) => ({ href, rels: ['hub'], base: url })),
  ]
}

function isJsonFeedVersion(version: unknown): boolean {
  return typeof version === 'string' && version.includes('jsonfeed.org')
}

function webSubHub(hub: unknown): string[] {
  if (typeof hub !== 'object' || hub === null || !('type' in hub) || !('url' in hub)) return []
  if (typeof hub.type !== 'string' || typeof hub.url !== 'string') return []
  return /^(websub|pubsubhubbub)$/i.test(hub.type) ? [hub.url] : []
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

import { decodeBody, mediaType } from './charset.ts'
import { htmlLinks } from './html-links.ts'
import { type FoundLink, feedLinks } from './link-elements.ts'
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
  return /^https?:\/\//i.test(text) ? text : url.href
}

async function documentLinks({ url, headers, body }: TopicAnswer): Promise<readonly FoundLink[]> {
  const contentType = headers.get('content-type')?.[0]
  switch (kindOf(mediaType(contentType), body)) {
    case 'html':
      return htmlLinks(decodeBody(body, contentType), url)
    case 'xml': {
      const text = decodeBody(body, contentType)
      return (await feedLinks(text, url)) ?? htmlLinks(text, url)
    }
    case 'json':
      return jsonFeedLinks(decodeBody(body, contentType), url)
    default:
      return []
  }
}

function kindOf(type: string | null, body: Uint8Array): 'html' | 'xml' | 'json' | null {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html'
  if (type !== null && /[/+]xml$/.test(type)) return 'xml'
  if (type !== null && /[/+]json$/.test(type)) return 'json'
  if (type !== null) return null
  const beginning = Buffer.from(body.subarray(0, 512))
    .toString('latin1')
    .replace(/^\S{0,3}?\s*(?=[<{])/, '')
  if (/^<(!doctype html|html)/i.test(beginning)) return 'html'
  if (beginning.startsWith('<')) return 'xml'
  return beginning.startsWith('{') ? 'json' : null
}

/** JSON Feed 1.1 names its URL and hubs itself; outside the Recommendation, hence the last resort (DISC-08). */
function jsonFeedLinks(text: string, url: string): readonly FoundLink[] {
  const feed = parsedJson(text)
  if (typeof feed !== 'object' || feed === null || !('version' in feed) || !/jsonfeed\.org/.test(String(feed.version)))
    return []
  const self =
    'feed_url' in feed && typeof feed.feed_url === 'string' ? [{ href: feed.feed_url, rels: ['self'], base: url }] : []
  const hubs = 'hubs' in feed && Array.isArray(feed.hubs) ? feed.hubs.flatMap(webSubHub) : []
  return [...self, ...hubs.map((href) => ({ href, rels: ['hub'], base: url }))]
}

function webSubHub(hub: unknown): string[] {
  if (typeof hub !== 'object' || hub === null || !('type' in hub) || !('url' in hub)) return []
  return /^(websub|pubsubhubbub)$/i.test(String(hub.type)) && typeof hub.url === 'string' ? [hub.url] : []
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

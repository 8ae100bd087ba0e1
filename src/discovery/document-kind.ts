export type DocumentKind = 'html' | 'xhtml' | 'xml' | 'json'

const feedRoots: ReadonlySet<string> = new Set(['rss', 'feed', 'rdf:rdf'])
const feedTypes: ReadonlySet<string> = new Set([
  'application/atom+xml',
  'application/rss+xml',
  'application/rdf+xml',
  'application/feed+json',
])
/** Types that servers give to files they do not know. */
const unknownTypes: ReadonlySet<string> = new Set(['text/plain', 'application/octet-stream'])
/** About as far as browsers look for a feed behind `text/html` (MIME Sniffing, "Sniffing a mislabeled feed"). */
const beginningCharacters = 1024

/**
 * How a document is to be read for links; null: not at all. The type decides, except that a feed is known by its root
 * element also where the server calls it HTML, as browsers do, or does not know its type.
 *
 * @param type the media type, in lower case without parameters; null: none was sent
 * @param chunks the body as text; only the first is taken
 */
export function documentKind(type: string | null, chunks: () => Iterable<string>): DocumentKind | null {
  if (type === 'application/xhtml+xml') return 'xhtml'
  if (type !== null && /[/+]xml$/.test(type)) return 'xml'
  if (type !== null && /[/+]json$/.test(type)) return 'json'
  if (type !== null && type !== 'text/html' && !unknownTypes.has(type)) return null
  const beginning = beginningOf(chunks())
  if (feedRoots.has(rootOf(beginning) ?? '')) return 'xml'
  if (type === 'text/html') return 'html'
  return type === null ? kindOfUntyped(beginning) : null
}

/**
 * Whether a document is a feed: by its type, or by its root element where the type is that of any XML, HTML or unknown, as
 * browsers look.
 *
 * @param type the media type, in lower case without parameters; null: none was sent
 * @param chunks the body as text; only the first is taken
 */
export function isFeed(type: string | null, chunks: () => Iterable<string>): boolean {
  if (type !== null && feedTypes.has(type)) return true
  const kind = documentKind(type, chunks)
  if (kind === 'json')
    return /"version"\s*:\s*"https?:\\?\/\\?\/jsonfeed\.org\\?\/version\b/.test(beginningOf(chunks()))
  return kind === 'xml' && feedRoots.has(rootOf(beginningOf(chunks())) ?? '')
}

function kindOfUntyped(beginning: string): DocumentKind | null {
  if (/^\s*\{/.test(beginning)) return 'json'
  if (/^\s*<\?xml/.test(beginning)) return 'xml'
  return /^\s*</.test(beginning) ? 'html' : null
}

function beginningOf(chunks: Iterable<string>): string {
  for (const chunk of chunks) return chunk.slice(0, beginningCharacters)
  return ''
}

/** The root element's name in lower case, behind declarations and comments. */
export function rootOf(beginning: string): string | null {
  const markup = beginning.replace(/<!--.*?(?:-->|$)|<[?!][^>]*(?:>|$)/gs, '')
  return /^\s*<([\w.:-]+)/.exec(markup)?.[1]?.toLowerCase() ?? null
}

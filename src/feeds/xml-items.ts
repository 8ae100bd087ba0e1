import { createHash } from 'node:crypto'
import { Parser } from 'htmlparser2'
import { declaredBase, depthMax, parseInTurns } from '../discovery/link-elements.ts'
import { childrenOf, childText, type Element, elementsOf, inForce, markupIn, nameOf, textOf } from './element.ts'
import { type Item, type ItemAuthor, type ItemFeed, type ItemLink, instantOf, resolvedUrl } from './item.ts'

/**
 * Reads Atom and RSS of every dialect as the web writes them: what is not well-formed is taken as it comes, no entity beyond
 * XML's own is expanded, nothing is loaded. Between two pieces the event loop turns.
 *
 * @param chunks the document's text, piece by piece
 * @param url of the document, for its relative links
 * @returns null where it is no feed, or too much of one
 */
export async function xmlFeedItems(chunks: Iterable<string>, url: string): Promise<ItemFeed | null> {
  const feed = createFeed(url)
  const reading: Reading = { open: null, depth: 0, elements: 0, isFeed: false }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        reading.open = { name, attributes, parent: reading.open, content: [] }
        reading.depth += 1
        if (reading.depth === 1) reading.isFeed = feedRoots.has(localName(name))
        reading.elements += 1
        if (reading.depth > depthMax || reading.elements > elementsMax || feed.isFull()) reading.isFeed = false
        if (!reading.isFeed) parser.pause()
      },
      ontext(text) {
        if (reading.open !== null) addText(reading.open, text)
      },
      onclosetag() {
        const closed = reading.open
        reading.open = closed?.parent ?? null
        reading.depth -= 1
        if (closed !== null) close(closed)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )

  /** What is of the feed itself is read and let go; all else belongs to what it stands in. */
  function close(element: Growing): void {
    const { parent } = element
    if (parent === null || !isFeedLevel(parent)) parent?.content.push(element)
    else {
      feed.add(element)
      reading.elements = 0
    }
  }

  await parseInTurns(parser, chunks, () => reading.depth > 0 && !reading.isFeed)
  if (!reading.isFeed) return null
  parser.end()
  return feed.read()
}

/** Of one entry, and entries of one feed. No feed has more; what does is made to take all memory and time there is. */
const elementsMax = 20_000
const itemsMax = 20_000

interface Reading {
  open: Growing | null
  depth: number
  /** Since the last entry ended. */
  elements: number
  isFeed: boolean
}

/** The parser tells text in many small pieces. */
function addText({ content }: Growing, text: string): void {
  const last = content.at(-1)
  if (typeof last === 'string') content[content.length - 1] = last + text
  else content.push(text)
}

interface Growing extends Element {
  readonly parent: Growing | null
  readonly content: (Element | string)[]
}

const feedRoots: ReadonlySet<string> = new Set(['feed', 'rss', 'RDF'])

/** Atom's feed; the channel of RSS, and in RSS 1.0 what stands beside it. */
function isFeedLevel(element: Element): boolean {
  if (element.parent === null) return localName(element.name) !== 'rss'
  return element.parent.parent === null && localName(element.name) === 'channel'
}

/** What is known of a feed so far. */
function createFeed(url: string) {
  const items: Item[] = []
  const links: ItemLink[] = []
  let root: Element = { name: '', attributes: {}, parent: null, content: [] }
  const about: Element[] = []

  return {
    add(element: Element): void {
      const name = nameOf(element)
      if (name === 'entry' || name === 'item') items.push(itemOf(element, url))
      else if (name !== 'channel') {
        if (name === 'link') links.push(...linksOf([element], url))
        if (aboutMax > about.length) about.push(element)
        root = element.parent ?? root
      }
    },
    isFull: () => items.length >= itemsMax,
    read(): ItemFeed {
      const feed: Element = { ...root, content: about }
      const author = authorOf(feed, url)
      return {
        id: childText(feed, 'id'),
        title: childText(feed, 'title'),
        url: alternateOf(links),
        links,
        updatedAt: instantOf(childText(feed, 'updated', 'modified', 'lastBuildDate', 'pubDate', 'dc:date')),
        language: childText(feed, 'language', 'dc:language') ?? inForce(root, 'xml:lang'),
        // RFC 4287 §4.2.1: an entry without an author has the feed's.
        items: items.map((item) => (item.author === null && root.name.endsWith('feed') ? { ...item, author } : item)),
      }
    },
  }
}

/** More children of a feed than this say nothing of it that a reader looks for. */
const aboutMax = 1000

function itemOf(entry: Element, url: string): Item {
  const links = linksOf(childrenOf(entry, 'link', 'enclosure'), url)
  const guid = childrenOf(entry, 'guid')[0]
  const permalink = guid?.attributes.isPermaLink === 'false' ? null : httpUrl(textOf(guid))
  const published = childText(entry, 'published', 'issued', 'pubDate', 'dc:date', 'dc:created', 'created')
  const updated = childText(entry, 'updated', 'modified', 'dc:modified')
  const title = childText(entry, 'title', 'dc:title')
  const where = alternateOf(links) ?? permalink
  return {
    id: childText(entry, 'id') ?? textOf(guid) ?? aboutOf(entry) ?? where ?? title ?? digestOf(entry),
    title,
    url: where,
    links,
    publishedAt: instantOf(published ?? updated),
    updatedAt: instantOf(updated ?? published),
    summary: markupOf(childrenOf(entry, 'summary', 'description')[0]),
    content: markupOf(childrenOf(entry, 'content:encoded')[0] ?? childrenOf(entry, 'content')[0]),
    author: authorOf(entry, url),
    categories: categoriesOf(entry),
    language: childText(entry, 'dc:language') ?? inForce(entry, 'xml:lang'),
    source: sourceOf(entry, url),
    place: placeOf(entry),
  }
}

/** Atom says what kind of text it is (RFC 4287 §3.1); RSS is escaped markup, or plain text. */
function markupOf(element: Element | undefined): string | null {
  if (element?.attributes.type !== 'xhtml') return textOf(element)
  const [division] = elementsOf(element)
  const markup = markupIn(division ?? element).trim()
  return markup === '' ? null : markup
}

/** Atom's have an href; that of RSS is its text; its enclosure has a URL. */
function linksOf(elements: readonly Element[], url: string): readonly ItemLink[] {
  return elements.flatMap((element) => {
    const { attributes } = element
    const href = resolvedUrl(attributes.href ?? attributes.url ?? textOf(element), baseOf(element, url))
    if (href === null) return []
    const rel = nameOf(element) === 'enclosure' ? 'enclosure' : attributes.rel || 'alternate'
    return [{ rel, href, type: attributes.type ?? null, title: attributes.title ?? null }]
  })
}

function alternateOf(links: readonly ItemLink[]): string | null {
  const alternates = links.filter(({ rel }) => rel === 'alternate')
  return (alternates.find(({ type }) => type === null || type === 'text/html') ?? alternates[0])?.href ?? null
}

function authorOf(element: Element, url: string): ItemAuthor | null {
  const [author] = childrenOf(element, 'author')
  if (author === undefined || elementsOf(author).length === 0) {
    const name = textOf(author) ?? childText(element, 'dc:creator')
    return name === null ? null : { name, url: null, email: null }
  }
  return {
    name: childText(author, 'name'),
    url: resolvedUrl(childText(author, 'uri', 'url'), baseOf(author, url)),
    email: childText(author, 'email'),
  }
}

function categoriesOf(entry: Element): readonly string[] {
  const words = childrenOf(entry, 'category', 'dc:subject').map(
    (category) => category.attributes.label ?? category.attributes.term ?? textOf(category),
  )
  return [...new Set(words.filter((word) => word !== null))]
}

function sourceOf(entry: Element, url: string): Item['source'] {
  const [source] = childrenOf(entry, 'source')
  if (source === undefined) return null
  const base = baseOf(source, url)
  const isAtom = elementsOf(source).length > 0
  const where = isAtom ? alternateOf(linksOf(childrenOf(source, 'link'), base)) : source.attributes.url
  return {
    title: isAtom ? childText(source, 'title') : textOf(source),
    url: resolvedUrl(where ?? null, base),
  }
}

function placeOf(entry: Element): Item['place'] {
  const point = childText(entry, 'georss:point')?.split(/[\s,]+/)
  const [latitude, longitude] = point ?? [childText(entry, 'geo:lat'), childText(entry, 'geo:long')]
  if (!latitude || !longitude) return null
  const place = { latitude: Number(latitude), longitude: Number(longitude) }
  return Number.isFinite(place.latitude) && Number.isFinite(place.longitude) ? place : null
}

/** RSS 1.0 names what an item is about in an attribute. */
function aboutOf({ attributes }: Element): string | null {
  return attributes['rdf:about'] || attributes.about || null
}

function httpUrl(text: string | null): string | null {
  return text !== null && /^https?:\/\//i.test(text) ? (URL.parse(text)?.href ?? null) : null
}

function digestOf(entry: Element): string {
  return `urn:sha256:${createHash('sha256').update(markupIn(entry)).digest('hex')}`
}

function baseOf(element: Element, url: string): string {
  const outer = element.parent === null ? url : baseOf(element.parent, url)
  return declaredBase(element.attributes['xml:base'], outer) ?? outer
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

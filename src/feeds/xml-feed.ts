import { type Entry, type Feed, type Piece, type Whole, whole } from './document.ts'
import { entryAt, hashAt, isSpace, pieceAt, type Source } from './source.ts'
import { elementsIn, resolved, textOf, type XmlElement } from './xml.ts'

/** What an element stands in. Looked up through the ancestors, not inherited by copying: a root may declare a hundred thousand. */
interface Scope {
  readonly attributes: XmlElement['attributes']
  readonly outer: Scope | null
}

const atom: ReadonlySet<string> = new Set(['http://www.w3.org/2005/Atom', 'http://purl.org/atom/ns#'])
const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
/** RSS 1.0 and 0.90. */
const rssInRdf: ReadonlySet<string> = new Set([
  'http://purl.org/rss/1.0/',
  'http://my.netscape.com/rdf/simple/0.9/',
  'http://channel.netscape.com/rdf/simple/0.9/',
])
/** RFC 6721. */
const tombstones = 'http://purl.org/atompub/tombstones/1.0'

/** The entries of an Atom or RSS document. */
export function readXmlFeed(root: XmlElement, source: Source): Feed | Whole {
  const scope = scopeIn(root, null)
  const local = localName(root.name)
  if (local === 'feed' && atom.has(namespaceOf(root.name, scope))) return atomFeed(root, scope, source)
  if (root.name === 'rss') return rssFeed(root, scope, source)
  if (local === 'RDF' && namespaceOf(root.name, scope) === rdf) return rdfFeed(root, scope, source)
  return whole('It is no feed.')
}

function atomFeed(feed: XmlElement, scope: Scope, source: Source): Feed | Whole {
  const namespace = namespaceOf(feed.name, scope)
  const isNamed = (name: string) => (element: XmlElement, within: Scope) =>
    localName(element.name) === name && namespaceOf(element.name, within) === namespace
  const entries: Entry[] = []
  const kind = ['atom', source.encoding]
  for (const element of elementsIn(feed.content)) {
    const within = scopeIn(element, scope)
    if (isNotice(element, within)) entries.push(notice(element, source))
    // An entry without an author has the feed's (RFC 4287 §4.2.1).
    if (isNamed('author')(element, within)) kind.push(hashAt(element, source))
    if (!isNamed('entry')(element, within)) continue
    const identity = childText(element, within, isNamed('id'))
    if (identity === '') return whole('One of its entries has no id.')
    entries.push(entryAt(element, identity, source))
  }
  return { ...feedOf(source, 'atom', entries), scope: scopeText(kind, [scope]), listEnd: null }
}

function rssFeed(rss: XmlElement, scope: Scope, source: Source): Feed | Whole {
  const [channel, ...more] = [...elementsIn(rss.content)].filter(({ name }) => name === 'channel')
  if (channel === undefined || more.length > 0) return whole('It has not one channel.')
  if ([...elementsIn(rss.content)].some(isItem)) return whole(itemOutside)
  const inChannel = scopeIn(channel, scope)
  const entries: Entry[] = []
  for (const element of elementsIn(channel.content)) {
    if (isNotice(element, scopeIn(element, inChannel))) entries.push(notice(element, source))
    if (isItem(element)) entries.push(entryAt(element, rssIdentity(element, source), source))
  }
  const kind = ['rss', rss.attributes.version ?? '', source.encoding]
  return { ...feedOf(source, 'rss', entries), scope: scopeText(kind, [inChannel]), listEnd: null }
}

/** Readers take them wherever they stand, as RSS 1.0 has them behind its channel. */
const itemOutside = 'One of its items stands where this kind of feed has none.'

function isItem({ name }: XmlElement): boolean {
  return name === 'item'
}

/** By its guid, which is text and no link to be resolved, else its link, its title, or all of it. */
function rssIdentity(item: XmlElement, source: Source): string {
  for (const name of ['guid', 'link', 'title']) {
    const text = childText(item, null, (element) => element.name === name)
    if (text !== '') return text
  }
  return hashAt(item, source)
}

function rdfFeed(root: XmlElement, scope: Scope, source: Source): Feed | Whole {
  const isRss = (element: XmlElement, name: string, within: Scope) =>
    localName(element.name) === name && rssInRdf.has(namespaceOf(element.name, within))
  if (hasItemInChannel(root, scope, isRss)) return whole(itemOutside)
  const list = listOf(root, scope, isRss, source)
  const entries: Entry[] = []
  for (const element of elementsIn(root.content)) {
    const within = scopeIn(element, scope)
    if (isNotice(element, within)) entries.push(notice(element, source))
    if (!isRss(element, 'item', within)) continue
    const about = trimmed(resolved(attribute(element, 'about', within) ?? ''))
    const identity = about || rdfIdentity(element, within, isRss) || hashAt(element, source)
    entries.push({ ...entryAt(element, identity, source), listed: list?.places.get(about) ?? [] })
  }
  const scopes = list === null ? [scope] : [scope, list.scope]
  return {
    ...feedOf(source, 'rdf', entries),
    scope: scopeText(['rdf', source.encoding], scopes),
    listEnd: list?.end ?? null,
  }
}

function hasItemInChannel(root: XmlElement, scope: Scope, isRss: IsRss): boolean {
  for (const channel of elementsIn(root.content)) {
    const inChannel = scopeIn(channel, scope)
    if (!isRss(channel, 'channel', inChannel)) continue
    for (const element of elementsIn(channel.content))
      if (isRss(element, 'item', scopeIn(element, inChannel))) return true
  }
  return false
}

function rdfIdentity(item: XmlElement, scope: Scope, isRss: IsRss): string {
  const texts = ['link', 'title'].map((name) =>
    childText(item, scope, (element, within) => isRss(element, name, within)),
  )
  return texts.find((text) => text !== '') ?? ''
}

type IsRss = (element: XmlElement, name: string, within: Scope) => boolean

interface List {
  readonly scope: Scope
  /** By the item they name. */
  readonly places: ReadonlyMap<string, readonly Piece[]>
  readonly end: number | null
}

/** RSS 1.0 names its items in the channel too: `channel/items/rdf:Seq/rdf:li`. */
function listOf(root: XmlElement, scope: Scope, isRss: IsRss, source: Source): List | null {
  for (const channel of elementsIn(root.content)) {
    const inChannel = scopeIn(channel, scope)
    if (!isRss(channel, 'channel', inChannel)) continue
    for (const items of elementsIn(channel.content)) {
      const inItems = scopeIn(items, inChannel)
      const [list] = isRss(items, 'items', inItems) ? elementsIn(items.content) : []
      if (list !== undefined) return listIn(list, scopeIn(list, inItems), source)
    }
  }
  return null
}

function listIn(list: XmlElement, scope: Scope, source: Source): List {
  const all = [...elementsIn(list.content)].filter(({ name }) => localName(name) === 'li')
  const places = Map.groupBy(all, (place) => trimmed(resolved(attribute(place, 'resource', scope) ?? '')))
  places.delete('')
  return {
    scope,
    places: new Map([...places].map(([resource, same]) => [resource, same.map((place) => pieceAt(place, source))])),
    end: all.at(-1)?.end ?? null,
  }
}

/** An attribute of RDF, with the prefix or, as many write it, without. */
function attribute({ attributes }: XmlElement, name: string, scope: Scope): string | undefined {
  const prefixed = Object.keys(attributes).find((each) => each.endsWith(`:${name}`) && namespaceOf(each, scope) === rdf)
  return attributes[prefixed ?? name]
}

function feedOf({ mark, body }: Source, dialect: Feed['dialect'], entries: readonly Entry[]) {
  return { kind: 'feed', dialect, mark, body, entries } as const
}

function isNotice(element: XmlElement, scope: Scope): boolean {
  return localName(element.name) === 'deleted-entry' && namespaceOf(element.name, scope) === tombstones
}

function notice(element: XmlElement, source: Source): Entry {
  const identity = trimmed(resolved(element.attributes.ref ?? ''))
  return { ...entryAt(element, identity, source), isNotice: true }
}

/** The text of the first child that is meant; empty where there is none. */
function childText(
  parent: XmlElement,
  scope: Scope | null,
  isMeant: (element: XmlElement, within: Scope) => boolean,
): string {
  for (const element of elementsIn(parent.content)) {
    if (isMeant(element, scopeIn(element, scope))) return trimmed(textOf(element.content))
  }
  return ''
}

/** Without white space around it. `trim` would take more: a byte 0xA0 may be half a letter. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function scopeIn({ attributes }: XmlElement, outer: Scope | null): Scope {
  return { attributes, outer }
}

function inForce(name: string, scope: Scope): string | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const value = at.attributes[name]
    if (value !== undefined) return value
  }
  return undefined
}

/** `kind`, and every `xmlns` and `xml:` attribute in force in the scopes. */
function scopeText(kind: readonly string[], scopes: readonly Scope[]): string {
  return JSON.stringify([kind, ...scopes.map(declarations)])
}

function declarations(scope: Scope): readonly (readonly [name: string, value: string])[] {
  const all = new Map<string, string>()
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    for (const [name, value] of Object.entries(at.attributes)) {
      if (/^xml(?:ns)?(?::|$)/.test(name) && !all.has(name)) all.set(name, value)
    }
  }
  return [...all].sort(([one], [other]) => (one < other ? -1 : 1))
}

function namespaceOf(name: string, scope: Scope): string {
  const colon = name.indexOf(':')
  return inForce(colon === -1 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`, scope) ?? ''
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

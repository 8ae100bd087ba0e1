/** One entry of a feed that the suite publishes. */
export interface Entry {
  /** A lower-case word; its identity is a URL that ends in it. */
  readonly name: string
  /** `About <name>.` unless told. */
  readonly text?: string
}

/** A format of feeds: what is served, made of entries. */
export interface FeedFormat {
  readonly what: string
  readonly type: string
  write(entries: readonly Entry[]): string
}

const identity = (name: string) => `https://entries.example/${name}`
const textOf = ({ name, text = `About ${name}.` }: Entry) => text

export const atom: FeedFormat = {
  what: 'Atom',
  type: 'application/atom+xml; charset=utf-8',
  write: (entries) => atomFeed(entries.map(atomEntry)),
}

export const rss: FeedFormat = {
  what: 'RSS',
  type: 'application/rss+xml; charset=utf-8',
  write: (entries) => rssFeed(entries.map((entry) => rssItem(entry, `<guid>${identity(entry.name)}</guid>`))),
}

/** Where items have no `guid`, and their link tells them apart. */
export const rssByLink: FeedFormat = {
  what: 'RSS without guid',
  type: 'application/rss+xml; charset=utf-8',
  write: (entries) => rssFeed(entries.map((entry) => rssItem(entry, `<link>${identity(entry.name)}</link>`))),
}

export const feedId = 'https://feeds.example/one'
export const feedTitle = 'A feed of the suite'

/** @param entries each as it is to stand in the feed */
export function atomFeed(entries: readonly string[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${feedId}</id>
  <title>${feedTitle}</title>
  <updated>2026-06-02T12:00:00Z</updated>
  <author><name>The suite</name></author>
${entries.map((entry) => `  ${entry}\n`).join('')}</feed>
`
}

export function atomEntry(entry: Entry): string {
  return `<entry>
    <id>${identity(entry.name)}</id>
    <title>${entry.name}</title>
    <updated>2026-06-02T12:00:00Z</updated>
    <content>${textOf(entry)}</content>
  </entry>`
}

function rssFeed(items: readonly string[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
  <title>${feedTitle}</title>
  <link>https://feeds.example/</link>
  <description>What the suite publishes</description>
${items.map((item) => `  ${item}\n`).join('')}</channel></rss>
`
}

function rssItem(entry: Entry, id: string): string {
  return `<item>
    <title>${entry.name}</title>
    ${id}
    <description>${textOf(entry)}</description>
  </item>`
}

/** An RSS 1.0 feed, whose channel lists its items. */
export function rdfFeed(names: readonly string[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
  <channel rdf:about="${feedId}">
    <title>${feedTitle}</title>
    <link>https://feeds.example/</link>
    <description>What the suite publishes</description>
    <items><rdf:Seq>
${names.map((name) => `      <rdf:li rdf:resource="${identity(name)}"/>\n`).join('')}    </rdf:Seq></items>
  </channel>
${names.map((name) => `  <item rdf:about="${identity(name)}"><title>${name}</title><link>${identity(name)}</link></item>\n`).join('')}</rdf:RDF>
`
}

/** The names of entries that a document speaks of, once each. */
export function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/entries\.example\/([a-z]+)/g)].map(([, name = '']) => name))]
}

/** For people: `entries a, b`. */
export function told(names: readonly string[]): string {
  return names.length === 0 ? 'no entry' : names.length === 1 ? `entry ${names[0]}` : `entries ${names.join(', ')}`
}

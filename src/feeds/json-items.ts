import { type Item, type ItemAuthor, type ItemFeed, type ItemLink, instantOf, resolvedUrl } from './item.ts'

/**
 * Reads a JSON Feed, <https://www.jsonfeed.org/version/1.1/>. What is missing or of another type is taken as absent.
 *
 * @param url of the document, for its relative links
 * @returns null where it is none
 */
export function jsonFeedItems(text: string, url: string): ItemFeed | null {
  const feed = fieldsOf(parsed(text))
  if (!/^https?:\/\/jsonfeed\.org\/version\//.test(textOf(feed.version) ?? '')) return null
  const home = resolvedUrl(textOf(feed.home_page_url), url)
  return {
    id: textOf(feed.feed_url),
    title: textOf(feed.title),
    url: home,
    links: home === null ? [] : [alternate(home)],
    updatedAt: null,
    language: textOf(feed.language),
    items: listOf(feed.items).map((item) => itemOf(fieldsOf(item), fieldsOf(feed), url)),
  }
}

type Fields = Readonly<Record<string, unknown>>

function itemOf(item: Fields, feed: Fields, url: string): Item {
  const where = resolvedUrl(textOf(item.url), url) ?? resolvedUrl(textOf(item.external_url), url)
  const published = instantOf(textOf(item.date_published))
  const title = textOf(item.title)
  const content = textOf(item.content_html) ?? textOf(item.content_text)
  return {
    id: textOf(item.id) ?? where ?? title ?? content ?? JSON.stringify(item),
    title,
    url: where,
    links: [...(where === null ? [] : [alternate(where)]), ...enclosuresOf(item, url)],
    publishedAt: published,
    updatedAt: instantOf(textOf(item.date_modified)) ?? published,
    summary: textOf(item.summary),
    content,
    author: authorOf(item, url) ?? authorOf(feed, url),
    categories: listOf(item.tags)
      .map(textOf)
      .filter((tag) => tag !== null),
    language: textOf(item.language),
    source: null,
    place: null,
  }
}

function alternate(href: string): ItemLink {
  return { rel: 'alternate', href, type: 'text/html', title: null }
}

function enclosuresOf(item: Fields, url: string): readonly ItemLink[] {
  return listOf(item.attachments)
    .map(fieldsOf)
    .flatMap((attachment) => {
      const href = resolvedUrl(textOf(attachment.url), url)
      if (href === null) return []
      return [{ rel: 'enclosure', href, type: textOf(attachment.mime_type), title: textOf(attachment.title) }]
    })
}

function authorOf({ author, authors }: Fields, url: string): ItemAuthor | null {
  const given = fieldsOf(listOf(authors)[0] ?? author)
  const name = textOf(given.name)
  const where = resolvedUrl(textOf(given.url), url)
  return name === null && where === null ? null : { name, url: where, email: null }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string that is not empty or, of publishers who were told otherwise too late, a number. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

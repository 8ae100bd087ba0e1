import { setImmediate as turn } from 'node:timers/promises'
import { escaped } from './element.ts'
import type { Item, ItemAuthor, ItemFeed, ItemLink } from './item.ts'
import type { FormAbout } from './json-form.ts'

/**
 * A feed's entries as an Atom document (RFC 4287), whatever they were written in: what Superfeedr's subscribers get who ask for
 * `atom`. The same feed always gives the same bytes. Between entries the event loop turns.
 */
export async function atomForm(feed: ItemFeed, { url, at }: FormAbout): Promise<Buffer> {
  const updatedAt = feed.updatedAt ?? at
  const parts = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n',
    ...elements([
      ['id', feed.id ?? url],
      ['title', feed.title ?? url],
      ['updated', updatedAt.toISOString()],
    ]),
    linkElement({ rel: 'self', href: url, type: null, title: null }),
    ...feed.links.filter(({ rel }) => rel === 'alternate').map(linkElement),
    // Each entry has an author, or the feed has one (RFC 4287 §4.1.1).
    ...(feed.items.every(({ author }) => author !== null) ? [] : [authorElement({ name: feed.title ?? url })]),
  ]
  for (const item of feed.items) {
    parts.push(entryElement(item, updatedAt))
    await turn()
  }
  return Buffer.from(`${parts.join('')}</feed>\n`)
}

function entryElement(item: Item, fallback: Date): string {
  const { links, url, source } = item
  const known = url === null || links.some(({ href }) => href === url)
  const all = known ? links : [{ rel: 'alternate', href: url, type: null, title: null }, ...links]
  return [
    '<entry>\n',
    ...elements([
      ['id', item.id],
      ['title', item.title ?? ''],
      ['published', item.publishedAt?.toISOString() ?? null],
      ['updated', (item.updatedAt ?? fallback).toISOString()],
    ]),
    ...all.map(linkElement),
    ...(item.author === null ? [] : [authorElement(item.author)]),
    ...item.categories.map((term) => `<category term="${quoted(term)}"/>\n`),
    ...(item.summary === null ? [] : [`<summary type="html">${text(item.summary)}</summary>\n`]),
    ...(item.content === null ? [] : [`<content type="html">${text(item.content)}</content>\n`]),
    ...(source === null
      ? []
      : ['<source>\n', ...elements([['title', source.title]]), sourceLink(source.url), '</source>\n']),
    '</entry>\n',
  ].join('')
}

function sourceLink(href: string | null): string {
  return href === null ? '' : linkElement({ rel: 'alternate', href, type: null, title: null })
}

function elements(named: readonly (readonly [name: string, text: string | null])[]): readonly string[] {
  return named.flatMap(([name, value]) => (value === null ? [] : [`<${name}>${text(value)}</${name}>\n`]))
}

function authorElement({ name, url, email }: Partial<ItemAuthor>): string {
  const inner = elements([
    ['name', name ?? email ?? ''],
    ['uri', url ?? null],
    ['email', email ?? null],
  ])
  return `<author>${inner.join('').replaceAll('\n', '')}</author>\n`
}

function linkElement({ rel, href, type, title }: ItemLink): string {
  const attributes = Object.entries({ rel, href, type, title })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${quoted(value ?? '')}"`)
  return `<link${attributes.join('')}/>\n`
}

function quoted(value: string): string {
  return text(value).replaceAll('"', '&quot;')
}

/** Characters that XML 1.0 §2.2 leaves out are left out: a reader would refuse the whole document for one. */
function text(value: string): string {
  return escaped(value.toWellFormed().replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''))
}

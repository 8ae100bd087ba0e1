import { setImmediate as turn } from 'node:timers/promises'
import type { Item, ItemAuthor, ItemFeed, ItemLink } from './item.ts'

/** What a form says of a feed beside its entries. */
export interface FormAbout {
  /** The feed's own URL. */
  readonly url: string
  /** When the hub got it. */
  readonly at: Date
}

/**
 * A feed's entries in the JSON form that Superfeedr's subscribers know: `{"status":{…},"items":[…]}`, instants in whole
 * seconds since 1970. What an entry does not say is left out; what a hub that polls would know, and this one does not, is null.
 * The same feed always gives the same bytes. Between entries the event loop turns.
 */
export async function jsonForm(feed: ItemFeed, about: FormAbout): Promise<Buffer> {
  const parts: string[] = []
  let waiting = 0
  for (const item of feed.items) {
    const part = JSON.stringify(itemForm(item))
    parts.push(part)
    waiting += part.length
    if (waiting < turnEvery) continue
    waiting = 0
    await turn()
  }
  const head = JSON.stringify(feedForm(feed, about)).slice(0, -1)
  return Buffer.from(`${head},"items":[${parts.join(',')}]}`)
}

/** Characters that are written at one go. */
const turnEvery = 64 * 1024

function feedForm(feed: ItemFeed, { url, at }: FormAbout) {
  const { title, items } = feed
  return {
    status: {
      code: 200,
      http: `Fetched and parsed ${items.length} ${items.length === 1 ? 'entry' : 'entries'}`,
      feed: url,
      title: title ?? '',
      lastFetch: secondsOf(at),
      lastParse: secondsOf(at),
      nextFetch: null,
      lastMaintenanceAt: null,
      period: null,
    },
    ...told({
      id: feed.id,
      title,
      permalinkUrl: feed.url,
      updated: secondsOf(feed.updatedAt),
      language: feed.language,
      standardLinks: linksForm(feed.links),
    }),
  }
}

function itemForm(item: Item) {
  const { source, place } = item
  return told({
    id: item.id,
    published: secondsOf(item.publishedAt),
    updated: secondsOf(item.updatedAt),
    title: item.title ?? '',
    summary: item.summary,
    content: item.content,
    permalinkUrl: item.url,
    standardLinks: linksForm(item.links),
    actor: item.author && actorForm(item.author),
    categories: item.categories.length === 0 ? null : item.categories,
    geo: place && { type: 'Point', coordinates: [place.longitude, place.latitude] },
    source: source && told({ title: source.title, permalinkUrl: source.url }),
    language: item.language,
  })
}

function actorForm({ name, url, email }: ItemAuthor) {
  return told({ displayName: name ?? email, id: url ?? email ?? name, permalinkUrl: url })
}

function linksForm(links: readonly ItemLink[]) {
  const byRel = Map.groupBy(links, ({ rel }) => rel)
  if (byRel.size === 0) return null
  return Object.fromEntries(
    [...byRel].map(([rel, same]) => [
      rel,
      same.map(({ href, type, title }) =>
        told({ title, rel, href, type: type ?? (rel === 'alternate' && 'text/html') }),
      ),
    ]),
  )
}

function secondsOf(at: Date | null): number | null {
  return at === null ? null : Math.floor(at.getTime() / 1000)
}

/** Without what is not known. */
function told(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== false))
}

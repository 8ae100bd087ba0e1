import { decodedChunks, mediaType } from '../discovery/charset.ts'
import type { Publication } from '../distribution/publication-store.ts'
import type { Item, ItemFeed } from '../feeds/item.ts'
import { readItems } from '../feeds/items.ts'

/** The entries of a publication; of what is no feed, the publication is the one entry. */
export async function entriesOf(publication: Publication): Promise<ItemFeed> {
  return (await readItems(publication, publication.selfUrl)) ?? asFeed(publication)
}

function asFeed(publication: Publication): ItemFeed {
  return {
    id: null,
    title: null,
    url: null,
    links: [],
    updatedAt: publication.publishedAt,
    language: null,
    items: [asItem(publication)],
  }
}

/** Its id is its number, as `Fanfare-Number` said it. */
function asItem({ number, body, contentType, publishedAt }: Publication): Item {
  return {
    id: String(number),
    title: null,
    url: null,
    links: [],
    publishedAt,
    updatedAt: publishedAt,
    summary: null,
    content: isText(contentType) ? [...decodedChunks(body, contentType)].join('') : null,
    author: null,
    categories: [],
    language: null,
    source: null,
    place: null,
  }
}

function isText(contentType: string): boolean {
  return /^text\/|[/+](?:json|xml)$/.test(mediaType(contentType) ?? '')
}

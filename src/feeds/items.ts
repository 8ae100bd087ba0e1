import { decodedChunks } from '../discovery/charset.ts'
import type { Document } from './document.ts'
import { isJson } from './entries.ts'
import type { ItemFeed } from './item.ts'
import { jsonFeedItems } from './json-items.ts'
import { xmlFeedItems } from './xml-items.ts'

/**
 * What a feed says, for readers that want it in another form. Unlike `readFeed`, which cuts bytes and leaves whole what could
 * come to harm, it takes every feed as feed readers do.
 *
 * @param url of the document, for its relative links
 * @returns null where it is no feed
 */
export async function readItems(document: Document, url: string): Promise<ItemFeed | null> {
  const chunks = decodedChunks(document.body, document.contentType)
  return isJson(document) ? jsonFeedItems([...chunks].join(''), url) : xmlFeedItems(chunks, url)
}

import type { Format } from '../db/schema.ts'
import { atomForm } from '../feeds/atom-form.ts'
import type { ItemFeed } from '../feeds/item.ts'
import { readItems } from '../feeds/items.ts'
import { jsonForm } from '../feeds/json-form.ts'
import type { Publication } from './publication-store.ts'

/** What each form is called on the wire. */
export const formTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  atom: 'application/atom+xml; charset=utf-8',
}

/** Entries in one of Superfeedr's forms. */
export async function writeForm(feed: ItemFeed, format: Format, { url, at }: FormOf): Promise<Buffer> {
  return format === 'json' ? jsonForm(feed, { url, at }) : atomForm(feed, { url, at })
}

/** The topic they are of, and when its content came. */
export interface FormOf {
  readonly url: string
  readonly at: Date
}

/** Publications in the form that a subscription asked for, each made once as long as it is held by somebody. */
export interface Forms {
  /** What is no feed stays as it is: there is no form for it. Never rejects. */
  read(publication: Publication, format: Format): Promise<Publication>
}

/** @param onError told what we did wrong: what is published goes out none the less, as it is */
export function createForms(onError: (error: unknown) => void): Forms {
  const made: Readonly<Record<Format, WeakMap<Publication, Promise<Publication>>>> = {
    json: new WeakMap(),
    atom: new WeakMap(),
  }
  return {
    read(publication, format) {
      const known = made[format].get(publication)
      if (known !== undefined) return known
      const making = formOf(publication, format).catch((error: unknown) => {
        onError(error)
        return publication
      })
      made[format].set(publication, making)
      return making
    },
  }
}

async function formOf(publication: Publication, format: Format): Promise<Publication> {
  const { topicUrl: url, selfUrl, publishedAt: at } = publication
  const feed = await readItems(publication, selfUrl)
  if (feed === null) return publication
  return { ...publication, body: await writeForm(feed, format, { url, at }), contentType: formTypes[format] }
}

import { type Feed, type Whole, whole } from './document.ts'
import { elementsOf, membersOf } from './json-places.ts'
import { entryAt, type Source } from './source.ts'

/** The items of a JSON Feed, <https://www.jsonfeed.org/version/1.1/>. */
export function readJsonFeed(source: Source): Feed | Whole {
  const feed = parsed(source.text)
  if (feed === null) return whole('It is not JSON.')
  const { version } = feed
  if (typeof version !== 'string' || !/^https?:\/\/jsonfeed\.org\/version\//.test(version))
    return whole('It is no feed.')
  const lists = [...membersOf(source.text, source.text.indexOf('{'))].filter(({ name }) => name === 'items')
  const [list] = lists
  if (list === undefined || lists.length > 1 || !Array.isArray(feed.items))
    return whole('It has not one list of items.')
  const identities: readonly (string | null)[] = feed.items.map(identityOf)
  const places = [...elementsOf(source.text, list.start)]
  const entries = places.flatMap((place, index) => {
    const identity = identities[index] ?? null
    return identity === null ? [] : [entryAt(place, identity, source)]
  })
  if (entries.length < places.length) return whole('One of its entries has no id.')
  return {
    kind: 'feed',
    dialect: 'json',
    mark: source.mark,
    body: source.body,
    scope: JSON.stringify(['json', source.encoding, version]),
    entries,
    listEnd: null,
  }
}

function parsed(text: string): { readonly version?: unknown; readonly items?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** A string or, of publishers who were told otherwise too late, a number. */
function identityOf(item: unknown): string | null {
  const id: unknown = typeof item === 'object' && item !== null && 'id' in item ? item.id : null
  if (typeof id === 'number') return String(id)
  return typeof id === 'string' && id !== '' ? id : null
}

import { type Feed, type Whole, whole } from './document.ts'
import { entryAt, isSpace, type Place, type Source } from './source.ts'

/** The items of a JSON Feed, <https://www.jsonfeed.org/version/1.1/>. */
export function readJsonFeed(source: Source): Feed | Whole {
  const feed = parsed(source.text)
  if (feed === null) return whole('It is not JSON.')
  const { version } = feed
  if (typeof version !== 'string' || !/^https?:\/\/jsonfeed\.org\/version\//.test(version))
    return whole('It is no feed.')
  const lists = [...membersOf(source.text)].filter(({ name }) => name === 'items')
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

/** The members of the outermost object. What is read from here on is known to be JSON. */
function* membersOf(text: string): Generator<Place & { readonly name: string }, void> {
  for (let at = afterSpace(text, text.indexOf('{') + 1); text[at] === '"'; ) {
    const nameEnd = valueEnd(text, at)
    const start = afterSpace(text, text.indexOf(':', nameEnd) + 1)
    const end = valueEnd(text, start)
    yield { name: JSON.parse(text.slice(at, nameEnd)), start, end }
    at = afterSpace(text, afterSpace(text, end) + 1)
  }
}

/** The elements of the array that begins at `from`. */
function* elementsOf(text: string, from: number): Generator<Place, void> {
  let start = afterSpace(text, from + 1)
  while (text[start] !== ']') {
    const end = valueEnd(text, start)
    yield { start, end }
    const next = afterSpace(text, end)
    start = text[next] === ',' ? afterSpace(text, next + 1) : next
  }
}

/** Behind the value that begins at `start`. */
function valueEnd(text: string, start: number): number {
  if (!/["[{]/.test(text[start] ?? '')) return literalEnd(text, start)
  let at = start
  let depth = 0
  do {
    const character = text[at] ?? ''
    if ('[{'.includes(character)) depth++
    if (']}'.includes(character)) depth--
    at = character === '"' ? stringEnd(text, at) : at + 1
  } while (depth > 0)
  return at
}

function stringEnd(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function literalEnd(text: string, start: number): number {
  let at = start
  while (/[\w.+-]/.test(text[at] ?? '')) at++
  return at
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

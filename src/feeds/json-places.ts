import { isSpace, type Place } from './source.ts'

/** The members of the object that begins at `from`. What is read here is known to be JSON. */
export function* membersOf(text: string, from: number): Generator<Place & { readonly name: string }, void> {
  for (let at = afterSpace(text, from + 1); text[at] === '"'; ) {
    const nameEnd = valueEnd(text, at)
    const start = afterSpace(text, text.indexOf(':', nameEnd) + 1)
    const end = valueEnd(text, start)
    yield { name: JSON.parse(text.slice(at, nameEnd)), start, end }
    at = afterSpace(text, afterSpace(text, end) + 1)
  }
}

/** The elements of the array that begins at `from`. */
export function* elementsOf(text: string, from: number): Generator<Place, void> {
  let start = afterSpace(text, from + 1)
  while (text[start] !== ']') {
    const end = valueEnd(text, start)
    yield { start, end }
    const next = afterSpace(text, end)
    start = text[next] === ',' ? afterSpace(text, next + 1) : next
  }
}

/** Behind the value that begins at `start`. By character codes: a page may be gone through once for each step of a path. */
export function valueEnd(text: string, start: number): number {
  if (!/["[{]/.test(text[start] ?? '')) return literalEnd(text, start)
  let at = start
  let depth = 0
  do {
    const code = text.charCodeAt(at)
    if (code === codes['['] || code === codes['{']) depth++
    if (code === codes[']'] || code === codes['}']) depth--
    at = code === codes['"'] ? stringEnd(text, at) : at + 1
  } while (depth > 0)
  return at
}

const codes = { '[': 0x5b, ']': 0x5d, '{': 0x7b, '}': 0x7d, '"': 0x22, '\\': 0x5c } as const

export function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function stringEnd(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== codes['"']; code = text.charCodeAt(at))
    at += code === codes['\\'] ? 2 : 1
  return at + 1
}

function literalEnd(text: string, start: number): number {
  let at = start
  while (/[\w.+-]/.test(text[at] ?? '')) at++
  return at
}

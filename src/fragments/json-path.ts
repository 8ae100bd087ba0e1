/** The way to values of a JSON document. */
export interface JsonPath {
  readonly steps: readonly Step[]
  /** It can lead to one value at most, so that value is the part; else the part is an array of all that are found. */
  readonly isSingular: boolean
}

/** From each value found so far to some of its children, or of its descendants and itself. */
export interface Step {
  readonly descends: boolean
  readonly choices: readonly Choice[]
}

export type Choice =
  | { readonly kind: 'name'; readonly name: string }
  /** From the end where it is negative. */
  | { readonly kind: 'index'; readonly index: number }
  /** The name of a member or the index of an element, as an object or an array has it. */
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'slice'; readonly start: number | null; readonly end: number | null; readonly step: number }
  | { readonly kind: 'all' }

/**
 * Reads JSONPath (RFC 9535), as Superfeedr's subscribers wrote it: `$.store.book[0]['price']`, wildcards, slices, lists and
 * `..`. Filters (`?`) are not known: what they may compute is not bounded by what they are compared with.
 *
 * @returns or what is wrong with it, as the end of a sentence
 */
export function parseJsonPath(text: string): JsonPath | string {
  const steps: Step[] = []
  for (let at = 1; at < text.length; ) {
    const read = dotStep(text, at) ?? bracketStep(text, at)
    if (typeof read === 'string') return read
    steps.push(read.step)
    at = read.end
  }
  return pathOf(steps)
}

/** Reads a JSON Pointer (RFC 6901): `/store/book/0/price`. */
export function parseJsonPointer(text: string): JsonPath | string {
  if (/~(?![01])/.test(text)) return 'has a ~ that neither 0 nor 1 follows (RFC 6901)'
  const keys = text.slice(1).split('/')
  return pathOf(keys.map((key) => stepTo(key.replaceAll('~1', '/').replaceAll('~0', '~'))))
}

/** Reads keys with dots between: `store.book.0.price`; null where it is something else. */
export function parseDottedKeys(text: string): JsonPath | null {
  return /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u.test(text) ? pathOf(text.split('.').map(stepTo)) : null
}

function stepTo(key: string): Step {
  return { descends: false, choices: [{ kind: 'key', key }] }
}

function pathOf(steps: readonly Step[]): JsonPath {
  const isSingular = steps.every(({ descends, choices: [only, ...more] }) => {
    return !descends && more.length === 0 && only !== undefined && singular.has(only.kind)
  })
  return { steps, isSingular }
}

const singular: ReadonlySet<Choice['kind']> = new Set(['name', 'index', 'key'])

interface Read {
  readonly step: Step
  readonly end: number
}

/** `.name`, `.*`, `..name`, `..*`; of RFC 9535's letters, all that Unicode calls letters and digits. */
function dotStep(text: string, at: number): Read | null {
  const [whole, dots, name] =
    matchAt(/(\.\.?)(\*|[\p{L}_\u{80}-\u{10ffff}][\p{L}\p{N}_\u{80}-\u{10ffff}]*)/uy, text, at) ?? []
  if (whole === undefined || name === undefined) return null
  const choice: Choice = name === '*' ? { kind: 'all' } : { kind: 'name', name }
  return { step: { descends: dots === '..', choices: [choice] }, end: at + whole.length }
}

function bracketStep(text: string, start: number): Read | string {
  const [opening] = matchAt(/(?:\.\.)?\[\s*/y, text, start) ?? []
  if (opening === undefined) return `cannot be read from '${text.slice(start, start + 20)}' on (RFC 9535)`
  const choices: Choice[] = []
  for (let at = start + opening.length; ; ) {
    const [whole, choiceText] = matchAt(choicePattern, text, at) ?? []
    if (whole === undefined || choiceText === undefined) return unreadable(text, at)
    const choice = choiceOf(choiceText)
    if (choice === null) return unreadable(text, at)
    choices.push(choice)
    at += whole.length
    if (text[at - 1] === ']') return { step: { descends: opening.startsWith('.'), choices }, end: at }
    at += matchAt(/\s*/y, text, at)?.[0].length ?? 0
  }
}

const quotedPattern = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'`
const choicePattern = new RegExp(
  `(${quotedPattern}|\\*|-?\\d+|-?\\d*\\s*:\\s*-?\\d*(?:\\s*:\\s*-?\\d*)?)\\s*[,\\]]`,
  'suy',
)

function unreadable(text: string, at: number): string {
  if (text[at] === '?') return 'has a filter (?…), which this hub does not know: name members, indexes, slices or *'
  return `cannot be read from '${text.slice(at, at + 20)}' on (RFC 9535)`
}

function choiceOf(text: string): Choice | null {
  if (text === '*') return { kind: 'all' }
  if (/^["']/.test(text)) {
    const name = unquoted(text)
    return name === null ? null : { kind: 'name', name }
  }
  const numbers = text.split(':').map((part) => numberOf(part.trim()))
  if (numbers.includes(Number.NaN)) return null
  const [first = null, second = null, third = null] = numbers
  if (numbers.length === 1) return first === null ? null : { kind: 'index', index: first }
  return { kind: 'slice', start: first, end: second, step: third ?? 1 }
}

/** null: it is left out; NaN: it is none. */
function numberOf(text: string): number | null {
  if (text === '') return null
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN
}

/** JSON's own escapes, in either kind of quotation marks. */
function unquoted(text: string): string | null {
  const inner = text.slice(1, -1)
  const json = text.startsWith('"') ? inner : inner.replace(/\\'|"/g, (found) => (found === '"' ? '\\"' : "'"))
  try {
    return JSON.parse(`"${json}"`)
  } catch {
    return null
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

import { compile } from 'css-select'
import { type JsonPath, parseDottedKeys, parseJsonPath, parseJsonPointer } from './json-path.ts'

/** The part of a page that a fragment names, as a page of either kind understands it; at least one of the two. */
export interface Fragment {
  /** CSS, for markup. */
  readonly selector: string | null
  /** For JSON. */
  readonly path: JsonPath | null
}

/**
 * Reads what stands behind a topic's `#`, as Superfeedr's subscribers wrote it: a CSS selector for a page of markup, JSONPath
 * for JSON. What begins with `$` is JSONPath, with `/` a JSON Pointer; keys with dots between are read both ways, for only
 * the page shows which is meant.
 *
 * @param text unescaped
 * @returns or what is wrong with it, as the end of a sentence
 */
export function parseFragment(text: string): Fragment | string {
  if (text.length > charactersMax) return `it is longer than ${charactersMax} characters`
  if (text.startsWith('$')) return jsonOnly(parseJsonPath(text), 'JSONPath')
  if (text.startsWith('/')) return jsonOnly(parseJsonPointer(text), 'JSON Pointer')
  const path = parseDottedKeys(text)
  const wrong = selectorFault(text)
  if (wrong !== null && path === null) return `'${text}' is no CSS selector: ${wrong}`
  return { selector: wrong === null ? text : null, path }
}

/** A selector is compiled while its client waits, on the event loop: of this length, however it nests, within a few milliseconds. */
const charactersMax = 512

function jsonOnly(path: JsonPath | string, what: string): Fragment | string {
  return typeof path === 'string' ? `read as ${what} it ${path}` : { selector: null, path }
}

/** null: it can be used. */
function selectorFault(text: string): string | null {
  if (text.trim() === '') return 'it is empty'
  if (/^\s*[>+~]|(?<!\\)[>+~]\s*$/.test(text)) return 'a combinator stands at its beginning or end'
  const [strange] = /[@=!$%&;<?/]/.exec(outsideValues(text)) ?? []
  if (strange !== undefined) return `${strange} has no meaning where it stands`
  try {
    compile(text)
    return null
  } catch (error) {
    if (error instanceof RangeError || !(error instanceof Error)) return 'it nests too deeply'
    return error.message.replace(/, found $/, ', found its end')
  }
}

/** Without escapes, quoted text and what is in brackets. What parses selectors takes any character for the beginning of a name. */
function outsideValues(text: string): string {
  return text
    .replace(/\\./gsu, '')
    .replace(/"[^"]*"|'[^']*'/g, '')
    .replace(/\[[^\]]*\]|\(.*\)/gs, '')
}

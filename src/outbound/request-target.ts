/** Where a URL leads, and exactly what is asked there. */
export interface Target {
  readonly secure: boolean
  /** Lower-case and IDNA-encoded; an address in its one usual form (`0x7f.1` is `127.0.0.1`), IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** `scheme://host` and the port where it is not the scheme's own. */
  readonly origin: string
  /** The request-target of RFC 9112 §3.2.1: path and query as the URL has them. */
  readonly path: string
}

/**
 * Splits an http or https URL without rewriting its path and query: §8.3 calls the very callback that was given, so `/a/../b`,
 * `%7E` and a lone `?` stay as they are, which `new URL()` does not promise. What no request-target may hold (spaces, quotes,
 * angle brackets, controls, anything outside ASCII) is percent-encoded as UTF-8; the fragment is left out.
 *
 * @param addedQuery already percent-encoded; joined after the URL's own query (§5.1.1) without making `??` or `&&`.
 * @returns undefined if the URL is not an absolute http or https URL.
 */
export function parseTarget(url: string, addedQuery?: string): Target | undefined {
  const trimmed = withoutSpacesAround(url)
  const beginning = schemeAndAuthority.exec(trimmed)
  const parsed = beginning === null ? null : URL.parse(trimmed)
  if (beginning === null || parsed === null) return undefined
  const secure = parsed.protocol === 'https:'
  return {
    secure,
    host: parsed.hostname.startsWith('[') ? parsed.hostname.slice(1, -1) : parsed.hostname,
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
    origin: parsed.origin,
    path: withQuery(asSent(withoutFragment(trimmed.slice(beginning[0].length))), addedQuery),
  }
}

/** A backslash ends the authority as a slash does (URL standard). */
const schemeAndAuthority = /^https?:\/\/[^/?#\\]+/i

/** As the URL standard strips them: spaces and all control characters before U+0020. */
function withoutSpacesAround(url: string): string {
  let [from, to] = [0, url.length]
  while (url.charCodeAt(from) <= 0x20) from++
  while (to > from && url.charCodeAt(to - 1) <= 0x20) to--
  return url.slice(from, to)
}

function withoutFragment(text: string): string {
  const hashAt = text.indexOf('#')
  return hashAt === -1 ? text : text.slice(0, hashAt)
}

function asSent(rest: string): string {
  const queryAt = rest.indexOf('?')
  const path = (queryAt === -1 ? rest : rest.slice(0, queryAt)).replaceAll('\\', '/')
  const query = queryAt === -1 ? '' : rest.slice(queryAt)
  return encoded(path === '' ? `/${query}` : path + query)
}

function encoded(text: string): string {
  return unsendable.test(text) ? text.toWellFormed().replace(unsendableRuns, encodeURIComponent) : text
}

const unsendable = /[^\x21-\x7e]|["<>]/
const unsendableRuns = /(?:[^\x21-\x7e]|["<>])+/g

function withQuery(path: string, added: string | undefined): string {
  if (added === undefined || added === '') return path
  if (!path.includes('?')) return `${path}?${added}`
  return path.endsWith('?') || path.endsWith('&') ? path + added : `${path}&${added}`
}

import { createHash } from 'node:crypto'

/**
 * The form in which two URLs are compared: lower-case scheme and host, the default port dropped, an empty path as
 * `/`, escapes of unreserved characters decoded (§5.1.1), other escapes in upper case, all else percent-encoded as UTF-8.
 * The query is not sorted, slashes are not stripped, dot segments stay, http is not https. A fragment is compared by the same
 * rules: `#%2Eprice` is `#.price`, but `#%24.price` is not `#$.price`.
 *
 * @param url an absolute http or https URL (`url-rules.ts`); it is kept as given for calling and echoing
 */
export function comparisonForm(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}${comparedPath(afterAuthority(url))}`
}

/** SHA-256 of the comparison form: the key under which a topic or callback is stored, whatever its length. */
export function urlKey(url: string): Buffer {
  return createHash('sha256').update(comparisonForm(url)).digest()
}

/** Scheme, host and port, the port always there, in lower case: `https://example.org:443`. */
export function originOf(url: string): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** The page of a fragment topic: the URL up to its `#`; of any other topic the topic. */
export function pageOf(url: string): string {
  return url.split('#', 1)[0] ?? url
}

/** What stands behind the `#`, as given; null: there is none. */
export function fragmentOf(url: string): string | null {
  const at = url.indexOf('#')
  return at === -1 ? null : url.slice(at + 1)
}

/** What stands behind the authority, as given: path, query, fragment. */
export function afterAuthority(url: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:[/\\]*[^/\\?#]*/i.exec(url)
  return url.slice(authority?.[0].length ?? 0)
}

function comparedPath(text: string): string {
  const path = text.startsWith('/') ? text : `/${text}`
  // A `%` that begins no escape is escaped itself: what is decoded behind it must not make one of it. No flag `i`: with
  // `u` it would count the Kelvin sign as a k.
  return path.replace(/%([0-9A-Fa-f]{2})|%|[^\x21-\x7e]+|["<>`]/gu, (part, hex: string | undefined) =>
    hex === undefined ? escaped(part) : decodedIfUnreserved(hex),
  )
}

function decodedIfUnreserved(hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : `%${hex.toUpperCase()}`
}

function escaped(text: string): string {
  return [...Buffer.from(text.toWellFormed(), 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

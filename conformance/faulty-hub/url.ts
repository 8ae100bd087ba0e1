import type { Has } from './faults.ts'

/** By what two URLs are compared: escapes of unreserved characters decoded (§5.1.1), the rest as `URL` writes it. */
export function keyOf(url: string, has: Has): string {
  if (has('compares-topics-undecoded')) return url
  if (has('decodes-reserved-characters')) return decodeURIComponent(url)
  const known = keys.get(url)
  if (known !== undefined) return known
  const key = makeKey(url)
  if (keys.size > keysMax) keys.clear()
  keys.set(url, key)
  return key
}

/** Each content is compared with every subscription, each of them asks anew. */
const keys = new Map<string, string>()
const keysMax = 10_000

function makeKey(url: string): string {
  const decoded = url.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase()
  })
  return URL.parse(decoded)?.href ?? decoded
}

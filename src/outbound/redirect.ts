import type { OutboundRequest } from '../world.ts'

const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Whether an answer with this status leads on (FETCH-02). Callbacks allow no redirect, so theirs never does (§5.3.1, §7). */
export function followsRedirect({ method, redirectsMax }: OutboundRequest, status: number): boolean {
  return redirectsMax > 0 && method === 'GET' && redirectStatuses.has(status)
}

/** Where a redirect leads, or why it leads nowhere. */
export type Hop = { readonly kind: 'next'; readonly url: string } | { readonly kind: 'none'; readonly why: string }

/**
 * Reads `Location` (RFC 9110 §10.2.2).
 *
 * @param from the URL that answered.
 * @param visited every URL asked so far, `from` included.
 */
export function nextHop(
  from: string,
  locations: readonly string[] | undefined,
  visited: ReadonlySet<string>,
  redirectsMax: number,
): Hop {
  const [location] = locations ?? []
  if (location === undefined) return { kind: 'none', why: 'redirects without saying where to' }
  const url = URL.parse(readLocation(location), from)
  if (url === null || !/^https?:$/.test(url.protocol))
    return { kind: 'none', why: 'redirects to what is no http or https URL' }
  url.hash = ''
  if (visited.has(url.href)) return { kind: 'none', why: 'redirects in a circle' }
  if (visited.size > redirectsMax) return { kind: 'none', why: `redirects more than ${redirectsMax} times` }
  return { kind: 'next', url: url.href }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Headers come as Latin-1, one character a byte; some servers write UTF-8 into this one. */
function readLocation(location: string): string {
  try {
    return utf8.decode(Buffer.from(location, 'latin1'))
  } catch {
    return location
  }
}

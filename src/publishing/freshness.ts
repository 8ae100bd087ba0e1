/**
 * How long an answer stays fresh by its server's word: `max-age` less the `Age` it has, else `Expires` after `Date`
 * (RFC 9111 §4.2.1). What a shared cache is told (`s-maxage`) is not meant for a hub.
 *
 * @returns milliseconds, 0 where nothing is said, it is unreadable, or it must not be stored
 */
export function freshForMs(headers: ReadonlyMap<string, readonly string[]>, now: Date): number {
  const directives = (headers.get('cache-control') ?? []).join(',').toLowerCase()
  if (/(?:^|[\s,])no-(?:store|cache)(?=$|[\s,=])/.test(directives)) return 0
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(directives)?.[1]
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - age(headers)) * 1000
  const expiresMs = Date.parse(headers.get('expires')?.[0] ?? '')
  const answeredMs = Date.parse(headers.get('date')?.[0] ?? '') || now.getTime()
  return Math.max(0, expiresMs - answeredMs) || 0
}

/** Seconds that it lay in caches. */
function age(headers: ReadonlyMap<string, readonly string[]>): number {
  const text = headers.get('age')?.[0]?.trim() ?? ''
  return /^\d{1,10}$/.test(text) ? Number(text) : 0
}

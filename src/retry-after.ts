/** Nobody is left alone longer than this, whatever it asks. */
const retryAfterMsMax = 24 * 3_600_000

/**
 * `Retry-After` (RFC 9110 §10.2.3): whole seconds or a date.
 *
 * @returns milliseconds from 0 to 24 hours; null where the field is absent or neither
 */
export function retryAfterMs(headers: ReadonlyMap<string, readonly string[]>, now: Date): number | null {
  const text = headers.get('retry-after')?.[0]?.trim()
  if (text === undefined) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), retryAfterMsMax)
}

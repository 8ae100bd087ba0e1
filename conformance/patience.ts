import { isSuccess } from './asking.ts'
import { type Header, headerValue } from './wire.ts'

/** How long the suite comes again in all, where a hub refuses it for asking too often. */
export const patienceMs = 60_000

/**
 * How long to wait before a refused request is sent again, in milliseconds; undefined where it was not refused for its rate: that
 * is a 429 (RFC 6585 §4), or a 503 that says when to come again (RFC 9110 §10.2.3).
 */
export function restAfter(
  { status, headers }: { readonly status: number; readonly headers: readonly Header[] },
  now: Date,
): number | undefined {
  const told = headerValue(headers, 'Retry-After')
  if (isSuccess({ status }) || (status !== 429 && (status !== 503 || told === undefined))) return undefined
  const seconds = /^\d+$/.test(told ?? '') ? Number(told) : undefined
  const untilMs = seconds === undefined ? Date.parse(told ?? '') - now.getTime() : seconds * 1000
  return Number.isNaN(untilMs) ? 1000 : Math.max(untilMs, 100)
}

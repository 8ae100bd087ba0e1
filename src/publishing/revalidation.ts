import type { NewestPublication } from '../distribution/publication-store.ts'

/** What a topic's server said by which the same content can be told again (RFC 9110 §8.8). */
export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

export const noValidators: Validators = { etag: null, lastModified: null }

/** One version of a topic, with all that its notifications will say. */
export interface Content {
  readonly body: Buffer
  readonly sha256: Buffer
  readonly contentType: string
  readonly selfUrl: string
  /** At least one, this hub first. */
  readonly hubUrls: readonly string[]
}

/**
 * The headers of a fetch. No language and no type is preferred: a self URL has one representation, and the hub takes no part
 * in negotiation (§4.1, A-16). No cookie, credential or referrer is ever sent (FETCH-12).
 */
export function fetchHeaders(
  { etag, lastModified }: Validators,
  { pinged }: { readonly pinged: boolean },
): Readonly<Record<string, string>> {
  return {
    Accept: '*/*',
    // A cache on the way would answer a ping with the version before it. A poll takes what the cache has.
    ...(pinged ? { 'Cache-Control': 'no-cache' } : {}),
    ...(etag === null ? {} : { 'If-None-Match': etag }),
    ...(lastModified === null ? {} : { 'If-Modified-Since': lastModified }),
  }
}

/** Longer ones are not worth keeping. */
const validatorCharactersMax = 1024
/** Both instants have a resolution of a second, and a server may stamp the first before it reads the content. */
const settledAfterMs = 2000

/**
 * The validators to store with an answer. None are where the content was modified just now: clocks of a second, and the
 * entity tags that servers make of them, call a second change within that second the same (RFC 9110 §8.8.2.2), and its
 * ping would find nothing.
 *
 * @param now stands for the answer's `Date` where it has none
 */
export function validatorsOf(headers: ReadonlyMap<string, readonly string[]>, now: Date): Validators {
  const lastModified = kept(headers.get('last-modified')?.[0])
  const modifiedMs = Date.parse(lastModified ?? '')
  const answeredMs = Date.parse(headers.get('date')?.[0] ?? '') || now.getTime()
  if (answeredMs - modifiedMs < settledAfterMs) return noValidators
  return { etag: kept(headers.get('etag')?.[0]), lastModified }
}

function kept(value: string | undefined): string | null {
  return value === undefined || value === '' || value.length > validatorCharactersMax ? null : value
}

/** Other bytes, another Content-Type, or other self or hub links than the newest publication (FETCH-11, FETCH-15, FETCH-16). */
export function isNew(content: Content, newest: NewestPublication | null): boolean {
  if (newest === null) return true
  return !(
    newest.sha256.equals(content.sha256) &&
    newest.contentType === content.contentType &&
    newest.selfUrl === content.selfUrl &&
    isSameList(newest.hubUrls, content.hubUrls)
  )
}

export function isSameList(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each, at) => each === others[at])
}

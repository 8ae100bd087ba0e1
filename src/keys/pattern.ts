import { RequestRefused } from '../refusal.ts'
import { afterAuthority, comparisonForm, originOf } from '../url-key.ts'
import { checkedUrl } from '../url-rules.ts'

/** The topics a key is for: one, or all of an origin whose path begins as told. Never compared as a string. */
export interface TopicPattern {
  /** Scheme, host and port: `https://example.org:443`. */
  readonly origin: string
  /** In comparison form. One that ends in `/` stands for everything beneath it, any other for that path and query alone. */
  readonly path: string
}

/**
 * Reads a pattern as a person writes it: `https://example.org/feed` is that topic alone; `https://example.org/blog/*`, or
 * without the star, everything beneath that path; `https://example.org` the whole origin.
 *
 * @param parameter its name, for the sentence
 * @throws {RequestRefused} where it is no URL, or a star stands elsewhere than behind the last slash of the path: a prefix
 * that may end within a name would hand `/blogger` to the owner of `/blog`
 */
export function parsePattern(text: string, parameter: string): TopicPattern {
  const starred = text.endsWith('*')
  const url = starred ? text.slice(0, -1) : text
  if (url.includes('*') || (starred && !/^[^:]+:\/\/[^/?]+\/(?:[^?]*\/)?$/.test(url))) {
    throw refused(parameter, 'may hold one *, behind the last slash of its path: https://example.org/blog/*')
  }
  const path = afterAuthority(comparisonForm(checkedUrl(url, parameter)))
  if (resolved(path) !== path) throw refused(parameter, 'must be written without the path segments . and ..')
  return { origin: originOf(url), path }
}

/** As a person would write it; `parsePattern` reads it as the same. */
export function describePattern({ origin, path }: TopicPattern): string {
  return `${new URL(origin).origin}${path}${isPrefix(path) ? '*' : ''}`
}

/** How much that is, in words: whoever wrote `https://example.org/` may have meant that page. */
export function describeBreadth(pattern: TopicPattern): string {
  if (!isPrefix(pattern.path)) return 'that topic alone'
  return pattern.path === '/' ? 'the whole origin' : 'everything beneath that path'
}

/**
 * Whether a key with this pattern may publish the topic. Dot segments and escaped slashes go on the wire as given and many
 * servers resolve them: `/blog/..%2Fprivate` lies beneath `/blog/` whichever way it is read, or not at all.
 *
 * @param topic a checked URL (`url-rules.ts`)
 */
export function covers({ origin, path }: TopicPattern, topic: string): boolean {
  if (originOf(topic) !== origin) return false
  const compared = afterAuthority(comparisonForm(topic))
  if (!isPrefix(path)) return compared === path
  const prefixes = readings(path)
  return readings(compared).every((reading, at) => reading.startsWith(prefixes[at] ?? path))
}

function isPrefix(path: string): boolean {
  return path.endsWith('/') && !path.includes('?')
}

/** What servers may take a path for: itself, its dot segments resolved, and that with escaped slashes as slashes. */
function readings(path: string): readonly string[] {
  return [path, resolved(path), resolved(path.replace(/%(?:2F|5C)/g, '/'))]
}

function resolved(path: string): string {
  const { pathname, search } = new URL(`http://host${path}`)
  return `${pathname}${search}`
}

function refused(parameter: string, what: string): RequestRefused {
  return new RequestRefused(`${parameter} ${what}.`, { parameter })
}

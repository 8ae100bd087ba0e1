import type { Config } from './config.ts'
import { RequestRefused } from './refusal.ts'
import { originOf } from './url-key.ts'

/** Longer is refused; 2,048 characters are always taken (SUB-29). */
export const urlCharactersMax = 2048

/**
 * Checks a topic or callback URL a client gave (§5.1.1), and returns it as given.
 *
 * @param parameter its name, for the sentence: `hub.topic`
 * @param options.fragment it may have one
 * @throws {RequestRefused} that names the parameter and what would be right
 */
export function checkedUrl(value: string, parameter: string, { fragment = false } = {}): string {
  const why = whyRefused(value, fragment)
  if (why !== null) throw new RequestRefused(`${parameter} ${why}.`, { parameter })
  return value
}

/**
 * As `checkedUrl`, and not on the hub's own origin: a hub that fetches from itself or delivers to itself would feed its own
 * output back to it.
 *
 * @throws {RequestRefused} that names the parameter and what would be right
 */
export function checkedStrangersUrl(
  value: string,
  parameter: string,
  { HUB_URL, HUB_URL_ALIASES }: Pick<Config, 'HUB_URL' | 'HUB_URL_ALIASES'>,
  options: { readonly fragment?: boolean } = {},
): string {
  const url = checkedUrl(value, parameter, options)
  if (![HUB_URL, ...HUB_URL_ALIASES].map(originOf).includes(originOf(url))) return url
  throw new RequestRefused(`${parameter} must not lie on this hub's own origin.`, { parameter })
}

function whyRefused(value: string, fragment: boolean): string | null {
  if (value.length > urlCharactersMax) return `must be at most ${urlCharactersMax} characters long`
  if (hasControlCharacters(value) || /%0[0ad]/i.test(value)) {
    return 'must not contain control characters, nor line breaks or NUL as escapes'
  }
  if (/\s/u.test(value)) return 'must not contain white space; write it as %20'
  if (!value.isWellFormed()) return 'must be valid Unicode'
  if (!/^https?:\/\//i.test(value)) return 'must be an absolute URL that begins with http:// or https://'
  if (!fragment && value.includes('#')) return 'must not have a fragment (#…): it never reaches a server'
  if (value.includes('\\')) return 'must not contain a backslash; write it as %5C'
  if (/%(?![0-9a-f]{2})/i.test(value)) return 'has a % that no two hexadecimal digits follow; write it as %25'
  const url = URL.parse(value)
  if (url === null || url.hostname === '' || !/^https?:\/\/[^/]/i.test(value)) {
    return 'must be a valid URL with a host, such as https://example.org/feed'
  }
  if (/^https?:\/\/[^/?]*@/i.test(value)) return 'must not carry a user name or password'
  if (url.port === '0') return 'must have a port from 1 to 65535, or none'
  return null
}

function hasControlCharacters(value: string): boolean {
  return /\p{Cc}/u.test(value)
}

import type { Config } from '../config.ts'
import { RequestRefused } from '../refusal.ts'
import { fragmentOf } from '../url-key.ts'
import { checkedStrangersUrl } from '../url-rules.ts'
import { parseFragment } from './fragment.ts'

/**
 * Checks the URL of a topic that somebody wants to read, and returns it as given. Where the hub offers it, the URL may have a
 * fragment that names a part of the page.
 *
 * @param parameter its name, for the sentence: `hub.topic`
 * @param options.isLeaving who wants to read it no more may say so also where the hub no longer offers it, or never would now
 * @throws {RequestRefused} that names the parameter and what would be right
 */
export function checkedTopic(
  value: string,
  parameter: string,
  config: Config,
  { isLeaving = false }: { readonly isLeaving?: boolean } = {},
): string {
  const fragment = fragmentOf(value)
  if (fragment === null) return checkedStrangersUrl(value, parameter, config)
  if (config.FRAGMENT_TOPICS === 'off' && !isLeaving) {
    throw refused(parameter, 'must not have a fragment (#…): this hub does not offer parts of pages (FRAGMENT_TOPICS)')
  }
  const url = checkedStrangersUrl(value, parameter, config, { fragment: true })
  if (isLeaving) return url
  const text = unescaped(fragment)
  if (text === null) throw refused(parameter, 'has a fragment that is not UTF-8, percent-encoded')
  const parsed = parseFragment(text)
  if (typeof parsed === 'string') throw refused(parameter, `has a fragment that names no part of a page: ${parsed}`)
  return url
}

/** A fragment as it is read; null: its escapes are no UTF-8. */
export function unescaped(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return null
  }
}

function refused(parameter: string, what: string): RequestRefused {
  return new RequestRefused(`${parameter} ${what}.`, { parameter })
}

import { afterAuthority, comparisonForm, originOf } from './url-key.ts'

/**
 * Whether an operator named the topic (TOPIC_POLICY=registered). A pattern is a URL, or a URL prefix that ends in `*`. Both
 * are compared as parsed, never as strings: `https://a.example*` does not reach `https://a.example.evil.example/`.
 *
 * @param topic a checked URL (`url-rules.ts`)
 * @param patterns what is no http or https URL matches nothing
 */
export function isRegistered(topic: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? liesUnder(topic, pattern.slice(0, -1)) : isSame(topic, pattern),
  )
}

function isSame(topic: string, pattern: string): boolean {
  return isHttp(pattern) && comparisonForm(topic) === comparisonForm(pattern)
}

function liesUnder(topic: string, prefix: string): boolean {
  if (!isHttp(prefix) || originOf(topic) !== originOf(prefix)) return false
  const compared = comparisonForm(topic)
  const path = afterAuthority(comparisonForm(prefix))
  // Dot segments go on the wire as given, and most servers resolve them: `/blog/../private` lies under `/blog/` both ways or not at all.
  const { pathname, search } = new URL(compared)
  return afterAuthority(compared).startsWith(path) && `${pathname}${search}`.startsWith(path)
}

function isHttp(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '')
}

import type { Config } from './config.ts'
import type { Db } from './db/schema.ts'
import { covers } from './keys/pattern.ts'
import { patternsInForce } from './keys/store.ts'
import { afterAuthority, comparisonForm, originOf, pageOf } from './url-key.ts'

/**
 * The first of the topics that this hub does not serve; null: it serves them all. With TOPIC_POLICY=registered it serves those
 * that its operator named, and those that a publisher key in force is for: whoever has one may say what they hold.
 * A fragment topic is served where its page is.
 *
 * @param topics checked URLs (`url-rules.ts`)
 */
export async function unservedTopic(
  db: Db,
  topics: readonly string[],
  { TOPIC_POLICY, TOPICS_REGISTERED }: Registering,
): Promise<string | null> {
  if (TOPIC_POLICY === 'open') return null
  const unnamed = topics.filter((topic) => !isRegistered(pageOf(topic), TOPICS_REGISTERED))
  if (unnamed.length === 0) return null
  const patterns = await patternsInForce(db, [...new Set(unnamed.map(originOf))])
  return unnamed.find((topic) => !patterns.some((pattern) => covers(pattern, pageOf(topic)))) ?? null
}

/** What an operator says of the topics to be served. */
interface Registering extends Pick<Config, 'TOPIC_POLICY'> {
  readonly TOPICS_REGISTERED: readonly string[]
}

/**
 * Whether an operator named the topic. A pattern is a URL, or a URL prefix that ends in `*`. Both
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

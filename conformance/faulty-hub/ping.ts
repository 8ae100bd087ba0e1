import type { Has } from './faults.ts'
import type { Inside } from './inside.ts'
import { isRefusedAddress } from './private.ts'
import { Refused } from './request.ts'
import { keyOf } from './url.ts'

/**
 * The topics that a ping names, in every form in which publishers name them; what is said of one that is malformed goes for
 * the whole ping.
 *
 * @throws {Refused}
 */
export function readTopics(fields: URLSearchParams, inside: Inside): readonly string[] {
  const { has, settings } = inside
  const given = named(fields, has).filter((value) => value !== '')
  if (given.length === 0 && !has('accepts-pings-of-nothing'))
    throw new Refused(has('silent-ping-errors') ? 'Bad ping.' : 'hub.url is missing.')
  const good = given.filter((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''))
  const lenient = has('accepts-pings-of-nothing') || (has('drops-malformed-topics') && good.length > 0)
  if (good.length < given.length && !lenient) throw new Refused('hub.url must be an http or https URL.')
  if (good.length > 20 && has('takes-twenty-topics-at-most')) throw new Refused('hub.url names too many topics.')
  if (refusesUnknown(good, has) && good.some((topic) => !isKnown(topic, inside))) throw new Refused('Who is that?', 404)
  if (settings.policy === 'closed' && !has('closed-hub-takes-pings')) throw new Refused('This hub is closed.', 403)
  if (good.some((topic) => isRefusedAddress(topic, settings, has)))
    throw new Refused('hub.url is no place of the Internet.')
  if (has('fetches-twice-what-is-named-twice')) return good
  const topics = [...new Set(good)]
  return has('takes-half-of-a-wildcard') ? topics.map((topic) => firstBelow(topic, inside)) : topics
}

/**
 * Counts a ping for each topic: as many as the settings say may come at once, then as many a second.
 *
 * @throws {Refused} once there were too many
 */
export function spendPing({ has, settings, clock, pingsSpent }: Inside, topics: readonly string[]): void {
  if (has('takes-any-number-of-pings')) return
  const perSecond = settings.pingsPerSecondMax
  for (const topic of topics) {
    const spentMs = Math.max(pingsSpent.get(topic) ?? 0, clock.now() - 1000) + 1000 / perSecond
    if (spentMs > clock.now()) {
      const seconds = has('retry-after-is-no-number') ? 'soon' : '1'
      throw new Refused('That is too often.', has('refuses-floods-with-400') ? 400 : 429, { 'Retry-After': seconds })
    }
    pingsSpent.set(topic, spentMs)
  }
}

function firstBelow(topic: string, { subscriptions }: Inside): string {
  const below = [...subscriptions.values()].find((each) => each.topic.startsWith(topic.slice(0, -1)))
  return topic.endsWith('*') && below !== undefined ? below.topic : topic
}

function named(fields: URLSearchParams, has: Has): readonly string[] {
  const names = ['hub.url', 'hub.topic', 'hub.url[]', 'hub.topic[]'].filter(
    (name) =>
      !(has('ping-by-hub-url-alone') && name.startsWith('hub.topic')) &&
      !(has('ping-by-hub-topic-alone') && name.startsWith('hub.url')) &&
      !(has('knows-no-brackets') && name.endsWith('[]')) &&
      !(has('takes-hub-url-for-where-to-fetch') && name === 'hub.url' && fields.has('hub.topic')),
  )
  const values = names.flatMap((name) => fields.getAll(name).slice(0, has('takes-one-topic-a-ping') ? 1 : undefined))
  if (has('splits-no-lists')) return values
  return values.flatMap((value) => value.split(has('splits-at-every-comma') ? ',' : /,(?=https?:)/))
}

function refusesUnknown(topics: readonly string[], has: Has): boolean {
  return has('refuses-unknown-topics') || (has('refuses-pings-with-an-unknown-topic') && topics.length > 1)
}

function isKnown(topic: string, { subscriptions, has }: Inside): boolean {
  return [...subscriptions.values()].some((subscription) => keyOf(subscription.topic, has) === keyOf(topic, has))
}

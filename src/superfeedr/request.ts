import type { Config } from '../config.ts'
import type { Format } from '../db/schema.ts'
import type { Form } from '../form.ts'
import { checkedTopic } from '../fragments/topic-url.ts'
import { checkedStrangersUrl } from '../url-rules.ts'
import { isYes, refused, single, whole } from './parameters.ts'

/** The callback of whoever wants no notifications and retrieves instead. */
export const nowhere = '/dev/null'

/** What a request to subscribe may say beside what WebSub knows. */
export interface SubscribeExtras {
  readonly format: Format | null
  /** The answer shall be the topic's current content. */
  readonly retrieve: boolean
  /** Its callback is `/dev/null`. */
  readonly isPull: boolean
}

export function subscribeExtras(form: Form, accept: string | undefined): SubscribeExtras {
  return {
    format: formatOf(form, accept),
    retrieve: isYes(form, 'retrieve'),
    isPull: single(form, 'hub.callback') === nowhere,
  }
}

/** The topic of whoever wants to retrieve it. */
export function pulledTopic(form: Form, config: Config): string {
  const topic = topicOf(form, config)
  if (topic === null) throw refused('hub.topic', 'is missing: name the topic to subscribe to')
  return topic
}

/** Which subscriptions are to be listed. */
export interface ListRequest {
  /** From 1. */
  readonly page: number
  readonly byPage: number
  readonly detailed: boolean
  readonly search: Search
}

/** What a subscription must be like to be listed; null: whatever. */
export interface Search {
  readonly feed: UrlSearch
  readonly endpoint: UrlSearch
  readonly format: Format | null
}

export interface UrlSearch {
  readonly url: string | null
  /** Some part of the URL, in any case. */
  readonly inurl: string | null
  readonly hostname: string | null
}

const pageMax = 1_000_000
const byPageMax = 500

/** @throws {RequestRefused} also for a search by what is not known here: all that there is would look like what was found */
export function listRequest(form: Form): ListRequest {
  refuseRanks(form)
  refuseUnknownSearches(form)
  return {
    page: whole(form, 'page', { standard: 1, min: 1, max: pageMax }),
    byPage: whole(form, 'by_page', { standard: 20, min: 1, max: byPageMax }),
    detailed: isYes(form, 'detailed'),
    search: {
      feed: urlSearch(form, 'feed'),
      endpoint: urlSearch(form, 'endpoint'),
      format: asFormat('search[format]', searched(form, 'format')),
    },
  }
}

/** Each term has two spellings: `search[feed][url]` and `search.feed.url`. */
function searched(form: Form, ...path: readonly string[]): string | null {
  return single(form, `search${path.map((word) => `[${word}]`).join('')}`, ['search', ...path].join('.')) ?? null
}

function urlSearch(form: Form, what: 'feed' | 'endpoint'): UrlSearch {
  return {
    url: searched(form, what, 'url'),
    inurl: searched(form, what, 'inurl'),
    hostname: searched(form, what, 'hostname'),
  }
}

function refuseRanks(form: Form): void {
  const rank = ['velocity', 'bozo', 'porn'].find((word) => searched(form, 'feed', word) !== null)
  if (rank === undefined) return
  throw refused(`search[feed][${rank}]`, 'is not known here, since this hub ranks no feeds: use url, inurl or hostname')
}

function refuseUnknownSearches(form: Form): void {
  const unknown = form.find(({ name, value }) => value !== '' && /^search(?:$|[[.])/.test(name) && !isSearch(name))
  if (unknown === undefined) return
  throw refused(
    unknown.name.slice(0, nameShownMax),
    'is not known here: use search[feed] or search[endpoint], each with [url], [inurl] or [hostname], or search[format]',
  )
}

const nameShownMax = 64

/** In either spelling. */
function isSearch(name: string): boolean {
  const words = /^search(?:(?:\[\w+\])+|(?:\.\w+)+)$/.test(name) ? (name.match(/\w+/g) ?? []) : []
  return searches.has(words.slice(1).join('.'))
}

const searches: ReadonlySet<string> = new Set([
  ...['feed.url', 'feed.inurl', 'feed.hostname'],
  ...['endpoint.url', 'endpoint.inurl', 'endpoint.hostname'],
  'format',
])

/** Which past entries are wanted, and how. */
export interface RetrieveRequest {
  /** Checked; of all topics of `callback` where it is null. */
  readonly topic: string | null
  /** `/dev/null` included; null: of whichever subscription to the topic there is. */
  readonly callback: string | null
  readonly count: number
  /** Ids of entries: those before, those after it. */
  readonly before: string | null
  readonly after: string | null
  /** Null: as the subscription says, else Atom. */
  readonly format: Format | null
  /** JSONP: the name of a function that is to be called with the JSON. */
  readonly jsonp: string | null
}

const countMax = 50

export function retrieveRequest(form: Form, accept: string | undefined, config: Config): RetrieveRequest {
  const topic = topicOf(form, config)
  const callback = callbackOf(form, config)
  if (topic === null && callback === null) {
    throw refused(
      'hub.topic',
      'is missing: name the topic whose entries you want, or hub.callback for all of its topics',
    )
  }
  const format = formatOf(form, accept)
  const jsonp = jsonpOf(form)
  if (jsonp !== null && format === 'atom') throw refused('callback', 'calls a function with JSON: ask for format=json')
  return {
    topic,
    callback,
    count: whole(form, 'count', { standard: 10, min: 1, max: countMax }),
    before: single(form, 'before') ?? null,
    after: single(form, 'after') ?? null,
    format: jsonp === null ? format : 'json',
    jsonp,
  }
}

/** What is to end; `callback` null: the only one to the topic. */
export interface UnsubscribeRequest {
  readonly topic: string
  readonly callback: string | null
}

export function unsubscribeRequest(form: Form, config: Config): UnsubscribeRequest {
  const topic = topicOf(form, config)
  if (topic === null) throw refused('hub.topic', 'is missing: name the topic that you no longer want')
  return { topic, callback: callbackOf(form, config) }
}

/** A subscription that wants past entries again. */
export interface ReplayRequest {
  readonly topic: string
  readonly callback: string
  readonly count: number
}

export function replayRequest(form: Form, config: Config): ReplayRequest {
  const topic = topicOf(form, config)
  const callback = callbackOf(form, config)
  if (topic === null) throw refused('hub.topic', 'is missing: name the topic whose entries you want again')
  if (callback === null) throw refused('hub.callback', 'is missing: name the callback that is to get them')
  if (callback === nowhere) throw refused('hub.callback', 'gets nothing when it is /dev/null: use hub.mode=retrieve')
  return { topic, callback, count: whole(form, 'count', { standard: 1, min: 1, max: countMax }) }
}

function topicOf(form: Form, config: Config): string | null {
  const topic = single(form, 'hub.topic')
  return topic === undefined ? null : checkedTopic(topic, 'hub.topic', config)
}

function callbackOf(form: Form, config: Config): string | null {
  const callback = single(form, 'hub.callback') ?? null
  if (callback === null || callback === nowhere) return callback
  return checkedStrangersUrl(callback, 'hub.callback', config)
}

/** @param accept the header; it asks for a format only where it names nothing else, as most clients send something */
function formatOf(form: Form, accept: string | undefined): Format | null {
  const asked = asFormat('format', single(form, 'format') ?? null)
  return asked ?? formatsAccepted.get(accept?.trim().toLowerCase() ?? '') ?? null
}

const formatsAccepted: ReadonlyMap<string, Format> = new Map([
  ['application/json', 'json'],
  ['application/atom+xml', 'atom'],
])

function asFormat(parameter: string, text: string | null): Format | null {
  if (text === null || text === 'json' || text === 'atom') return text
  throw refused(parameter, 'must be json or atom')
}

/** A name, or names with dots between: what else would be run in a page of ours. */
function jsonpOf(form: Form): string | null {
  const name = single(form, 'callback') ?? null
  if (name === null || /^(?=.{1,64}$)[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(name)) return name
  throw refused('callback', 'must be the name of a JavaScript function, such as entries or app.entries')
}

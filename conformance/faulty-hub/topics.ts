import { rest } from '../clock.ts'
import { call } from './call.ts'
import { deliver, newDelivering } from './deliver.ts'
import { fetchTopic } from './fetch.ts'
import type { Asker, Content, Inside, TopicState } from './inside.ts'
import { keyOf } from './url.ts'

/**
 * A fetch starts after the last ping: one that came during a fetch starts another.
 *
 * @returns once the fetch that this began has ended
 */
export async function noteChange(inside: Inside, url: string, asker: Asker = 'publisher'): Promise<void> {
  if (inside.has('drops-every-ping')) return
  const topic = topicAt(inside, url)
  if (topic.handovers > 0 && inside.has('drops-pings-of-what-was-handed-over')) return
  if (topic.fetching && !inside.has('fetches-side-by-side')) {
    if (!inside.has('joins-ping-to-running-fetch')) topic.waiting.push(asker)
    return
  }
  topic.fetching = true
  await inside.work.during([url, topic.url], async () => {
    if (inside.settings.fetchRestMs > 0) await rest(inside.clock, inside.settings.fetchRestMs)
    await inTurn(inside, topic, () => fetchUntilQuiet(inside, topic, asker))
  })
  topic.fetching = false
}

/** Whether the topic, when it was last fetched, served nothing to deliver. */
export function isBroken(inside: Inside, url: string): boolean {
  return topicAt(inside, url).broken
}

/** New content from the publisher's own hand. */
export function takeHandedOver(inside: Inside, url: string, content: Pick<Content, 'body' | 'type' | 'hubs'>): void {
  const topic = topicAt(inside, url)
  topic.handovers++
  topic.validators = []
  topic.content = { ...content, topic: topic.url, url, self: url, selves: [url], headers: [], handedOver: true }
  deliver(inside, topic, topic.content)
}

/** What the topic serves, after a few tries; undefined where that is nothing to deliver. */
export async function fetchContent(inside: Inside, url: string): Promise<Content | undefined> {
  const fetched = await fetchTopic(inside, unknownTopic(url))
  return fetched.kind === 'content' ? fetched.content : undefined
}

/** The fault that swallows the first ping after a subscription: what is there now counts as delivered. */
export async function takeForDelivered(inside: Inside, url: string): Promise<void> {
  const delivered = await fetchContent(inside, url)
  const { delivering } = topicAt(inside, url)
  for (const [pair, { topic }] of inside.subscriptions) {
    if (topic === url) delivering.set(pair, { ...newDelivering(), delivered })
  }
}

/** The fault that asks a publisher who did not ping, and asks, and asks. */
export async function pollWithoutRest(inside: Inside, url: string): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await rest(inside.clock, 30)
    await Promise.all([1, 2].map(() => fetchContent(inside, url)))
  }
}

/** Where the topic led when it was last fetched, if that was another resource. */
export function newUrlOf({ topics, has }: Inside, url: string): string {
  const found = topics.get(keyOf(url, has))?.content?.url ?? url
  return found.split('?')[0] === url.split('?')[0] ? url : found
}

function topicAt({ topics, has }: Inside, url: string): TopicState {
  const key = keyOf(url, has)
  const topic = topics.get(key) ?? unknownTopic(url)
  topics.set(key, topic)
  return topic
}

function unknownTopic(url: string): TopicState {
  return {
    url,
    fetching: false,
    handovers: 0,
    waiting: [],
    content: undefined,
    broken: false,
    validators: [],
    cookie: undefined,
    turn: Promise.resolve(null),
    delivering: new Map(),
  }
}

async function fetchUntilQuiet(inside: Inside, topic: TopicState, first: Asker): Promise<void> {
  for (let askers = [first]; askers.length > 0; ) {
    await fetchOnce(inside, topic, askers.includes('publisher') ? 'publisher' : (askers[0] ?? first))
    askers = topic.waiting.splice(0, inside.has('fetches-for-each-ping') ? 1 : Number.POSITIVE_INFINITY)
  }
}

async function fetchOnce(inside: Inside, topic: TopicState, asker: Asker): Promise<void> {
  const { has } = inside
  const { content: before, handovers } = topic
  const { restarts } = inside
  if (asker === 'hub' && has('delivers-nothing-it-looked-for')) return void (await fetchTopic(inside, { ...topic }))
  const fetched = await fetchTopic(inside, topic)
  if (inside.restarts > restarts && has('forgets-pings-at-a-restart')) return
  if (topic.handovers !== handovers && !has('lets-a-fetch-undo-content')) return
  topic.broken = fetched.kind === 'nothing'
  if (fetched.kind === 'nothing') return
  if (fetched.kind === 'content') topic.content = fetched.content
  const { content } = topic
  if (content === undefined || (content.body.length === 0 && !has('delivers-empty-content'))) return
  if (asker === 'publisher') wakeAliases(inside, topic, content)
  if (content.hubs.length > 0 && !namesUs(content)) {
    if (has('drops-topics-that-leave')) return
    if (inside.settings.leavers === 'denied') return cancelAll(inside, topic)
  }
  if (has('asks-again-when-a-topic-moves') && newUrlOf(inside, topic.url) !== topic.url) askAll(inside, topic)
  if (!isNews(content, before)) {
    if (asker === 'publisher') void inside.work.during([topic.url], () => lookAgain(inside, topic))
    if (asker === 'hub' || has('forgets-newcomers')) return
  }
  if (has('ignores-changes-outside-entries') && isSameEntries(content, before)) return
  deliver(inside, topic, content)
  if (has('fetches-for-each-subscription'))
    for (const _ of [...topic.delivering].slice(1)) await fetchTopic(inside, topic)
}

/** This hub in any of its settings: the suite's hubs are all on this machine. */
function namesUs({ hubs }: Content): boolean {
  return hubs.some((hub) => /^(127\.0\.0\.1|localhost)$/.test(URL.parse(hub)?.hostname ?? ''))
}

function cancelAll({ subscriptions, work, agent, clock }: Inside, { url }: TopicState): void {
  for (const [pair, { topic, callback }] of subscriptions) {
    if (topic !== url) continue
    subscriptions.delete(pair)
    const denial = `${callback}?hub.mode=denied&hub.topic=${encodeURIComponent(topic)}`
    void work.during([callback], () =>
      call({ method: 'GET', url: denial, timeoutMs: 1000, bytesMax: 1024, agent, clock }),
    )
  }
}

/** The fault that bothers subscribers with what is between hub and publisher. */
function askAll({ subscriptions, agent, clock }: Inside, { url }: TopicState): void {
  for (const { topic, callback } of subscriptions.values()) {
    if (topic === url) void call({ method: 'GET', url: callback, timeoutMs: 1000, bytesMax: 1024, agent, clock })
  }
}

function isNews({ body, type, self }: Content, before: Content | undefined): boolean {
  return before === undefined || !before.body.equals(body) || before.type !== type || before.self !== self
}

function isSameEntries({ body }: Content, before: Content | undefined): boolean {
  const entries = (text: string) => /<entry>.*<\/entry>/s.exec(text)?.[0]
  const found = entries(body.toString())
  return found !== undefined && found === entries(before?.body.toString() ?? '')
}

/** A ping may come before its content can be seen. */
async function lookAgain(inside: Inside, topic: TopicState): Promise<void> {
  for (const delayMs of inside.settings.lookAgainMs) {
    await rest(inside.clock, delayMs)
    if (!topic.fetching) await noteChange(inside, topic.url, 'hub')
  }
}

/** Topics that go by another name of this one, and those that this one is another name of, have changed as well. */
function wakeAliases(inside: Inside, topic: TopicState, content: Content): void {
  const { has, subscriptions, topics } = inside
  if (has('knows-no-aliases')) return
  const key = (url: string) => keyOf(url, has)
  const namesOf = ({ self, url }: Content) => (has('knows-no-redirected-aliases') ? [self] : [self, url]).map(key)
  const own = key(topic.url)
  const named = namesOf(content)
  const isOther = (url: string) => {
    const known = topics.get(key(url))?.content
    const former = known !== undefined && !has('forgets-where-topics-moved') && namesOf(known).includes(own)
    return key(url) !== own && (named.includes(key(url)) || former)
  }
  const others = new Set([...subscriptions.values()].map((subscription) => subscription.topic).filter(isOther))
  for (const url of others) void noteChange(inside, url, 'alias')
}

/** At once; the fault has what one subscriber reads fetched one after the other. */
async function inTurn(
  { has, subscriptions, turns }: Inside,
  { url }: TopicState,
  act: () => Promise<void>,
): Promise<void> {
  const reader = [...subscriptions.values()].find(({ topic }) => keyOf(topic, has) === keyOf(url, has))
  if (!has('fetches-one-after-the-other') || reader === undefined) return act()
  const place = new URL('.', reader.callback).href
  const turn = (turns.get(place) ?? Promise.resolve()).then(act)
  turns.set(place, turn)
  return turn
}

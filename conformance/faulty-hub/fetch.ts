import { gunzipSync } from 'node:zlib'
import { rest } from '../clock.ts'
import { type Header, headerValue } from '../wire.ts'
import { callFollowing, type Reply } from './call.ts'
import { pageOf, partOf } from './fragment.ts'
import type { Content, Inside, TopicState } from './inside.ts'
import { discover } from './links.ts'

/** What a topic answered, in the end. */
export type Fetched =
  | { readonly kind: 'content'; readonly content: Content }
  | { readonly kind: 'unchanged' | 'nothing' }

/** Asks the topic for what is new, some times over where it fails. What it says of itself is kept for the next time. */
export async function fetchTopic(inside: Inside, topic: TopicState): Promise<Fetched> {
  const { settings, has } = inside
  const delays = has('never-fetches-again') ? [] : settings.fetchRetryMs
  for (const delayMs of [0, ...delays]) {
    await rest(inside.clock, delayMs)
    const reply = await askThroughRestart(inside, topic)
    if (reply?.status === 304) return { kind: 'unchanged' }
    const missing = reply?.status === 404 || reply?.status === 410
    if (missing && has('ends-subscriptions-of-missing-topics')) endSubscriptions(inside, topic)
    if (reply?.status === 200 || (has('delivers-error-pages') && reply !== null)) return judge(inside, topic, reply)
  }
  return { kind: 'nothing' }
}

function endSubscriptions({ subscriptions }: Inside, { url }: TopicState): void {
  for (const [pair, { topic }] of subscriptions) if (topic === url) subscriptions.delete(pair)
}

type Answered = Reply & { readonly url: string }

/** What a restart cut off is gone on with: that is no second try. */
async function askThroughRestart(inside: Inside, topic: TopicState): Promise<Answered | null> {
  const { restarts } = inside
  const reply = await ask(inside, topic)
  return reply === null && inside.restarts > restarts ? ask(inside, topic) : reply
}

async function ask(inside: Inside, topic: TopicState): Promise<Answered | null> {
  const { settings, has, agent, clock } = inside
  const redirectsMax = has('follows-redirects-without-end') ? Number.POSITIVE_INFINITY : settings.redirectsMax
  return callFollowing(
    {
      method: 'GET',
      url: pageOf(topic.url),
      headers: headersFor(inside, topic),
      timeoutMs: has('waits-for-slow-topics') ? 60_000 : settings.fetchTimeoutMs,
      bytesMax: has('cuts-what-is-too-large') ? settings.contentBytesMax : settings.contentBytesMax + 1,
      takesBroken: has('delivers-what-came-of-a-broken-body'),
      agent,
      clock,
    },
    has('follows-no-redirects') ? 0 : redirectsMax,
  )
}

function headersFor({ has, subscriptions }: Inside, { validators, cookie }: TopicState): readonly Header[] {
  return [
    ...(has('asks-for-feeds') ? [['Accept', 'application/atom+xml, */*;q=0.1'] as const] : []),
    ['Accept-Encoding', has('unpacks-without-limit') || has('hands-on-compressed-content') ? 'gzip' : 'identity'],
    ...(has('takes-what-caches-have') ? [] : [['Cache-Control', 'no-cache'] as const]),
    ...(has('asks-unconditionally') ? [] : validators),
    ...(has('sends-cookies-back') && cookie !== undefined ? [['Cookie', cookie] as const] : []),
    ...(has('tells-wrong-counts') ? [['X-Hub-Subscribers', String(subscriptions.size + 40)] as const] : []),
  ]
}

function judge(inside: Inside, topic: TopicState, reply: Answered): Fetched {
  const { settings, has } = inside
  const bytesMax = has('takes-small-topics-alone') ? 1024 ** 2 : settings.contentBytesMax
  if (reply.body.length > bytesMax) return { kind: 'nothing' }
  const body = plainBody(reply, inside)
  if (has('drops-content-it-cannot-read') && settings.feeds !== 'new entries' && isBrokenFeed(body))
    return { kind: 'nothing' }
  topic.validators = validatorsOf(reply)
  topic.cookie = headerValue(reply.headers, 'Set-Cookie')?.split(';')[0]
  const { self, selves, hubs } =
    topic.content !== undefined && has('remembers-first-links') ? topic.content : discover(reply, topic.url, has)
  const type = headerValue(reply.headers, 'Content-Type')
  const part = partOf(body, topic.url, inside)
  if (part === undefined) return { kind: 'nothing' }
  const content = {
    topic: topic.url,
    self,
    selves,
    hubs,
    url: reply.url,
    body: bodyOf(part, inside),
    headers: reply.headers,
    type,
  }
  const moved = has('names-moved-topics-by-their-old-url') && reply.url.split('?')[0] !== topic.url.split('?')[0]
  return { kind: 'content', content: moved ? { ...content, self: topic.url } : content }
}

/** None is compressed unless a fault asks for it. */
function plainBody({ headers, body }: Reply, { has }: Inside): Buffer {
  const packed = headerValue(headers, 'Content-Encoding') === 'gzip'
  return packed && has('unpacks-without-limit') ? gunzipSync(body) : body
}

function validatorsOf({ headers }: Reply): readonly Header[] {
  const etag = headerValue(headers, 'ETag')
  const modified = headerValue(headers, 'Last-Modified')
  return [
    ...(etag === undefined ? [] : [['If-None-Match', etag] as const]),
    ...(modified === undefined ? [] : [['If-Modified-Since', modified] as const]),
  ]
}

function bodyOf(body: Buffer, { has }: Inside): Buffer {
  if (has('trims-body')) return Buffer.from(body.toString('latin1').trim(), 'latin1')
  if (has('re-encodes-body')) return Buffer.from(body.toString('utf8'))
  return has('cuts-long-content') ? body.subarray(0, 65_536) : body
}

function isBrokenFeed(body: Buffer): boolean {
  const text = body.toString('latin1')
  return text.includes('<feed') && !text.includes('</feed>')
}

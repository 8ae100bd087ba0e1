import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { targetsTo } from '../link-header.ts'
import { headerPairs } from '../wire.ts'
import type { Inside } from './inside.ts'
import { Refused } from './request.ts'
import { noteChange, takeHandedOver } from './topics.ts'
import { keyOf } from './url.ts'

/** Whether the body is a topic's new content, for no standard says how a publisher tells: rows FAT-01 and FAT-05. */
export function handsOver(request: IncomingMessage, { has, settings }: Inside): boolean {
  if (settings.publisherKey === undefined || has('takes-no-content')) return false
  const { 'content-type': type = '', authorization, 'content-length': length } = request.headers
  const said = inQuery(request).length > 0 || request.headers['x-ballerina-publisher'] === 'publish'
  if (/^(application\/x-www-form-urlencoded\b|$)/i.test(type)) {
    if (has('takes-no-form-for-content')) return false
    return (
      length !== '0' &&
      (has('takes-forms-with-a-key-for-content') ? authorization?.startsWith('Bearer ') === true : said)
    )
  }
  return said || linked(request).length > 0 || authorization !== undefined
}

/**
 * Takes it, and has it delivered.
 *
 * @returns whether its topic was named in the query, whose clients wait for another answer
 * @throws {Refused}
 */
export async function takeContent(request: IncomingMessage, inside: Inside): Promise<{ readonly byQuery: boolean }> {
  const { has } = inside
  const topic = topicOf(request, inside)
  const type = request.headers['content-type'] ?? 'application/octet-stream'
  const isType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;.*)?$/.test(type)
  if (!isType && !has('takes-malformed-types')) throw new Refused('Content-Type must be a media type.')
  if (/^multipart\//i.test(type) && !has('takes-multipart-for-content')) throw new Refused('One at a time.', 415)
  authorize(request, topic, inside)
  const body = decoded(await readBody(request, inside), request.headers['content-encoding'], inside)
  if (body.length === 0 && !has('takes-empty-content')) throw new Refused('The content is missing.')
  if (!isRepeated(request, topic, inside)) {
    takeHandedOver(inside, topic, {
      body: has('cuts-feeds-that-are-handed-over') ? cutFeed(body) : body,
      type: has('strips-types-of-content') ? type.split(';')[0] : type,
      hubs: linksTo('hub', request),
    })
    if (has('fetches-what-was-handed-over')) void noteChange(inside, topic)
  }
  return { byQuery: inQuery(request).length > 0 }
}

function topicOf(request: IncomingMessage, { has }: Inside): string {
  const named = [...linked(request), ...(has('knows-topics-by-link-alone') ? [] : inQuery(request))]
  const [topic, ...more] = named
  if (topic === undefined) throw new Refused('Name the topic: Link: <https://…>; rel="self".')
  const differs = more.some((other) => keyOf(other, has) !== keyOf(topic, has))
  if (differs && !has('takes-the-first-of-two-topics')) throw new Refused('Name one topic.')
  if (!/^https?:$/.test(URL.parse(topic)?.protocol ?? '')) throw new Refused('The topic must be an http or https URL.')
  return topic
}

function linked(request: IncomingMessage): readonly string[] {
  return linksTo('self', request)
}

function linksTo(rel: string, { rawHeaders }: IncomingMessage): readonly string[] {
  return targetsTo(rel, headerPairs(rawHeaders))
}

function inQuery({ url = '' }: IncomingMessage): readonly string[] {
  const query = new URLSearchParams(url.split('?')[1])
  return query.get('hub.mode') === 'publish' ? query.getAll('hub.topic') : []
}

/** The key is for whatever this machine publishes. */
function authorize({ headers }: IncomingMessage, topic: string, { has, settings }: Inside): void {
  if (has('asks-for-no-key')) return
  const challenge = has('asks-for-a-key-without-saying-how') ? {} : { 'WWW-Authenticate': 'Bearer' }
  if (headers.authorization !== `Bearer ${settings.publisherKey}`) throw new Refused('Show your key.', 401, challenge)
  const covered = new URL(topic).hostname === '127.0.0.1' || has('takes-a-key-for-every-topic')
  if (!covered) throw new Refused('The key is not for this topic.', 403)
}

async function readBody(request: IncomingMessage, { has, settings }: Inside): Promise<Buffer> {
  const bytesMax = has('takes-content-of-any-size') ? Number.POSITIVE_INFINITY : settings.contentBytesMax
  const tooLarge = new Refused('The content is too large.', 413, { Connection: 'close' })
  if (Number(request.headers['content-length'] ?? 0) > bytesMax && !has('reads-all-before-it-refuses')) throw tooLarge
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= bytesMax) chunks.push(chunk)
  }
  if (bytes > bytesMax) throw tooLarge
  return Buffer.concat(chunks)
}

type Decode = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

const asItCame: Decode = (body) => body

function decoded(body: Buffer, coding: string | undefined, { has, settings }: Inside): Buffer {
  if (coding === undefined) return body
  const decode = has('delivers-compressed-content') && coding in decoders ? asItCame : decoders[coding]
  if (decode === undefined && has('takes-any-coding')) return body
  if (decode === undefined) throw new Refused('Content-Encoding must be gzip, deflate or br.', 415)
  try {
    return decode(body, { maxOutputLength: has('unpacks-without-end') ? 2 ** 30 : settings.contentBytesMax })
  } catch (error) {
    const tooLarge = error instanceof RangeError
    throw new Refused(tooLarge ? 'The content is too large.' : 'Content-Encoding is wrong.', tooLarge ? 413 : 400)
  }
}

/** A request that is made again with its key changes nothing. */
function isRepeated({ headers }: IncomingMessage, topic: string, { has, keysUsed }: Inside): boolean {
  const key = headers['idempotency-key']
  if (key === undefined || has('knows-no-idempotency-keys')) return false
  const used = `${topic} ${key}`
  if (keysUsed.has(used)) return true
  keysUsed.add(used)
  return false
}

function cutFeed(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replace(/(<\/entry>)[\s\S]*<\/entry>/, '$1'), 'latin1')
}

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { parseLinkHeader } from '../discovery/link-header.ts'
import { type Form, values } from '../form.ts'
import { RequestRefused } from '../refusal.ts'
import { comparisonForm } from '../url-key.ts'
import { checkedUrl } from '../url-rules.ts'
import { hasBody, queryForm } from './body.ts'

/** What a request that hands over content says before its body. */
export interface ContentHeader {
  /** A checked URL. */
  readonly topic: string
  /** The topic was named in the query, as Ballerina's clients do, which wait for another answer. */
  readonly byQuery: boolean
  readonly contentType: string
  /** What its Link header calls the topic's hubs; anything. */
  readonly hubs: readonly string[]
  readonly idempotencyKey: string | null
  /** The publisher key that was shown, of whoever it may be. */
  readonly secret: string
}

/**
 * Whether a POST hands over content in its body, rather than parameters: by its Content-Type; and forms too where the query
 * says what is published, or a Ballerina client says so in a header of its own.
 */
export function handsOver(incoming: IncomingMessage): boolean {
  const { headers } = incoming
  const said = topicsInQuery(incoming).length > 0 || headers['x-ballerina-publisher'] === 'publish'
  const selfNamed = linksOf(incoming, 'self').length > 0
  switch (mediaTypeOf(incoming)) {
    case 'application/x-www-form-urlencoded':
      return said && hasBody(incoming)
    case 'multipart/form-data':
    case '':
      return (said || selfNamed) && hasBody(incoming)
    default:
      return hasBody(incoming) || selfNamed || headers.authorization !== undefined
  }
}

/** A form that brings what only content does: a topic of its own, or a publisher key. */
export function isLikelyContent(incoming: IncomingMessage): boolean {
  return linksOf(incoming, 'self').length > 0 || /^Bearer /i.test(incoming.headers.authorization ?? '')
}

/**
 * Judges it, before anything is read of the body or looked up.
 *
 * @throws {RequestRefused} 400 that says what is missing or wrong, 401 where only the key is, 415 for several topics in one
 */
export function contentHeader(incoming: IncomingMessage): ContentHeader {
  const { headers } = incoming
  const topic = topicOf(incoming)
  const [, secret = null] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (topic === null && secret === null) throw new RequestRefused(bothMissing)
  if (topic === null) throw new RequestRefused(`Say which topic this is the content of: ${howToName}.`)
  const contentType = contentTypeOf(incoming)
  if (secret === null) throw new RequestRefused(keyMissing, { status: 401 })
  return {
    topic,
    byQuery: topicsInQuery(incoming).length > 0,
    contentType,
    hubs: linksOf(incoming, 'hub'),
    idempotencyKey: idempotencyKeyOf(headers['idempotency-key']),
    secret,
  }
}

const howToName = 'send Link: <https://…>; rel="self", or hub.mode=publish and hub.topic in the query'
const keyMissing =
  'Content is taken from those who have a key for its topic: send Authorization: Bearer and the key (fanfare key create makes one).'
const bothMissing = `A body of this Content-Type is content that is handed over. For that name its topic (${howToName}) and show its key (Authorization: Bearer). Subscriptions and pings are forms: send those as application/x-www-form-urlencoded.`

/** The one topic that is named, in the header or the query; null: none is. */
function topicOf(incoming: IncomingMessage): string | null {
  if (!isUtf8(linkBytes(incoming))) throw new RequestRefused('Link must be UTF-8, and its URLs best percent-encoded.')
  const named = [
    ...linksOf(incoming, 'self').map((url) => checkedUrl(url, 'The topic in Link rel="self"')),
    ...topicsInQuery(incoming).map((url) => checkedUrl(url, 'hub.topic')),
  ]
  const different = new Map(named.map((url) => [comparisonForm(url), url]))
  if (different.size <= 1) return named[0] ?? null
  throw new RequestRefused(
    `This names ${different.size} different topics (${howToName}): name one, and send each its own.`,
  )
}

function linksOf(incoming: IncomingMessage, rel: string): readonly string[] {
  return parseLinkHeader([linkBytes(incoming).toString('utf8')])
    .filter(({ rels, anchor }) => anchor === null && rels.includes(rel))
    .map(({ target }) => target)
}

/** Fields come with one character a byte; what URLs mean by bytes beyond ASCII is UTF-8. */
function linkBytes({ headers }: IncomingMessage): Buffer {
  return Buffer.from(String(headers.link ?? ''), 'latin1')
}

function topicsInQuery({ url = '' }: IncomingMessage): readonly string[] {
  const query: Form = queryForm(url)
  const [mode] = values(query, 'hub.mode')
  return mode?.toLowerCase() === 'publish' ? values(query, 'hub.topic') : []
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').replace(/;.*/s, '').trim().toLowerCase()
}

/** Sent on letter for letter (§7), so it has to be what RFC 9110 §8.3.1 calls a media type, and one. */
function contentTypeOf(incoming: IncomingMessage): string {
  const types = new Set(incoming.headersDistinct['content-type'])
  const [type = 'application/octet-stream'] = types
  if (mediaTypeOf(incoming).startsWith('multipart/')) {
    throw new RequestRefused('One request hands over one topic: send each part by itself, with its own Content-Type.', {
      status: 415,
    })
  }
  if (types.size <= 1 && type.length <= 255 && mediaType.test(type)) return type
  throw new RequestRefused('Content-Type must be one media type, such as application/json; charset=utf-8.', {
    parameter: 'Content-Type',
  })
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = '"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"'
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*(?:${token}=(?:${token}|${quoted}))?)*[ \\t]*$`)

/** @throws {RequestRefused} where it is none */
export function idempotencyKeyOf(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value)) return value
  throw new RequestRefused('Idempotency-Key must be 1 to 255 visible ASCII characters, given once.', {
    parameter: 'Idempotency-Key',
  })
}

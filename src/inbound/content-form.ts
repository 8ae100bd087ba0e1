import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { rootOf } from '../discovery/document-kind.ts'
import { type Form, values } from '../form.ts'
import { findKey } from '../keys/store.ts'
import { changedTopics } from '../publishing/request.ts'
import { RequestRefused } from '../refusal.ts'
import type { Exchange } from './body.ts'
import { keyFor } from './content.ts'
import { idempotencyKeyOf } from './content-header.ts'
import { credentialsOf } from './credentials.ts'
import { limit } from './limit.ts'
import type { InboundParts } from './parts.ts'

/** Whether a ping brings its topic's content along, as Superfeedr's publishers send it. */
export function bringsContent(form: Form): boolean {
  return values(form, 'hub.content').length > 0
}

/**
 * Superfeedr's fat ping: `hub.content` is the new content of the one topic named. The publisher's key is shown as ever, or as
 * the password of Basic credentials; `hub.signature`, where it is sent, is the content's HMAC with that key.
 *
 * @throws {RequestRefused} 400 for several topics or contents, 401 and 403 where the key is not the topic's, or the signature
 * not the content's
 */
export async function publishContent(form: Form, { incoming }: Exchange, parts: InboundParts): Promise<Response> {
  const topic = onlyTopic(form)
  const [content = '', ...more] = values(form, 'hub.content')
  if (more.length > 0) throw new RequestRefused('hub.content was given several times: send each topic its own.')
  const secret = bearerOf(incoming.headers.authorization) ?? credentialsOf(incoming, form)?.secret ?? null
  if (secret === null) throw new RequestRefused(keyMissing, { status: 401 })
  const key = keyFor({ topic }, await findKey(parts.db, secret))
  const body = Buffer.from(content)
  refuseWrongSignature(body, secret, form)
  await limit(parts, `content ${key.id}`, parts.config.RATE_CONTENT, { cost: 1, whose: 'with this key' })
  const idempotencyKey = idempotencyKeyOf(incoming.headers['idempotency-key'])
  const { number } = await parts.takeHandedOver({
    topic,
    key,
    body,
    sha256: createHash('sha256').update(body).digest(),
    contentType: typeOf(content),
    hubs: [],
    idempotencyKey,
  })
  return new Response(null, { status: 204, headers: { 'Fanfare-Number': String(number) } })
}

const keyMissing =
  'hub.content is taken from those who have a key for its topic: show it as Authorization: Bearer. Without hub.content the hub fetches the topic.'

function onlyTopic(form: Form): string {
  const [topic, ...more] = changedTopics(form)
  if (topic !== undefined && more.length === 0) return topic
  throw new RequestRefused('hub.content is of one topic: name one as hub.url, and send each its own.', {
    parameter: 'hub.url',
  })
}

function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/** In hexadecimal, behind the name of its algorithm or, SHA-1 then, bare. */
function refuseWrongSignature(body: Buffer, secret: string, form: Form): void {
  const signatures = values(form, 'hub.signature')
  for (const signature of signatures) {
    const [, algorithm = 'sha1', hex = ''] =
      /^(?:(sha1|sha256|sha384|sha512)=)?([0-9a-f]+)$/i.exec(signature.trim()) ?? []
    const expected = createHmac(algorithm.toLowerCase(), secret).update(body).digest()
    const given = Buffer.from(hex, 'hex')
    if (given.length === expected.length && timingSafeEqual(given, expected)) continue
    throw new RequestRefused('hub.signature is not the HMAC of hub.content with this key, as sha1=… in hexadecimal.', {
      status: 403,
      parameter: 'hub.signature',
    })
  }
}

/** A form does not say what its values are, and a form's text is UTF-8. */
function typeOf(content: string): string {
  const root = rootOf(content.slice(0, 1024))
  const known = root === null ? undefined : types.get(root.replace(/^.*:(?=feed$|rdf$)/, ''))
  if (known !== undefined) return `${known}; charset=utf-8`
  if (root !== null) return /^\s*<\?xml/.test(content) ? 'application/xml; charset=utf-8' : 'text/html; charset=utf-8'
  return isJson(content) ? 'application/json' : 'text/plain; charset=utf-8'
}

const types: ReadonlyMap<string, string> = new Map([
  ['feed', 'application/atom+xml'],
  ['rss', 'application/rss+xml'],
  ['rdf', 'application/rdf+xml'],
])

function isJson(content: string): boolean {
  try {
    JSON.parse(content)
    return true
  } catch {
    return false
  }
}

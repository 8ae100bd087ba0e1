import type { Config } from '../config.ts'
import { covers, describePattern } from '../keys/pattern.ts'
import { findKey, type PublisherKey } from '../keys/store.ts'
import type { Taken } from '../publishing/handed-over.ts'
import { RequestRefused } from '../refusal.ts'
import { plainText } from './answers.ts'
import type { Exchange } from './body.ts'
import { readContent } from './content-body.ts'
import { type ContentHeader, contentHeader } from './content-header.ts'
import { inTime } from './in-time.ts'
import { limit } from './limit.ts'
import type { InboundParts } from './parts.ts'
import type { Room } from './room.ts'

/**
 * As much as the bodies of all uploads may hold at once; a few of the largest always have room. Each is in memory once, so that
 * the process grows by this at most, and by what is not collected yet.
 */
export function uploadBytesMax({ CONTENT_BYTES_MAX }: Config): number {
  return Math.max(64 * 1024 ** 2, 4 * CONTENT_BYTES_MAX)
}

/**
 * A POST whose body is the new content of a topic. Who sends it and what for is judged before the body is read, or even asked
 * for; whoever is answered with success, it has committed.
 */
export async function takeContent(
  exchange: Exchange,
  parts: InboundParts,
  { commitMs, room }: { readonly commitMs: number; readonly room: Room },
): Promise<Response> {
  const { config, db } = parts
  const header = contentHeader(exchange.incoming)
  const key = keyFor(header, await inTime(commitMs, findKey(db, header.secret)))
  await inTime(commitMs, limit(parts, `content ${key.id}`, config.RATE_CONTENT, { cost: 1, whose: 'with this key' }))
  const { body, sha256, release } = await readContent(exchange, { bytesMax: config.CONTENT_BYTES_MAX, room })
  const { topic, contentType, hubs, idempotencyKey } = header
  const handedOver = { topic, key, body, sha256, contentType, hubs, idempotencyKey }
  // Its room is taken until it is written, also where nobody waits for that any more: else a slow Postgres would fill the memory.
  const taking = parts.takeHandedOver(handedOver).finally(release)
  return answer(header, await inTime(commitMs, taking))
}

/** @throws {RequestRefused} 401 where there is no such key or it was revoked, 403 where it is for other topics */
export function keyFor({ topic }: Pick<ContentHeader, 'topic'>, key: PublisherKey | null): PublisherKey {
  if (key === null) throw new RequestRefused('This hub knows no such key.', { status: 401 })
  if (key.revokedAt !== null) throw new RequestRefused('This key was revoked.', { status: 401 })
  if (covers(key.pattern, topic)) return key
  throw new RequestRefused(`This key is for ${describePattern(key.pattern)}, which does not cover the topic.`, {
    status: 403,
  })
}

function answer({ byQuery }: ContentHeader, { number, result }: Taken): Response {
  const headers = { 'Fanfare-Number': String(number) }
  if (!byQuery) return plainText(sentences[result](number), 202, headers)
  // What Ballerina's clients wait for.
  return new Response('hub.mode=accepted', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  })
}

const sentences: Readonly<Record<Taken['result'], (number: number) => string>> = {
  new: (number) => `Accepted: this is number ${number} of the topic.`,
  again: (number) => `Accepted before under this Idempotency-Key, as number ${number} of the topic.`,
  unchanged: (number) => `Accepted: it says what number ${number} of the topic said, which is not delivered again.`,
  repeated: (number) =>
    `Accepted: this is number ${number} of the topic, which repeats the one before for those who joined since.`,
}

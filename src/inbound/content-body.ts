import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { canDecode, codingsIn, codingsMax, createDecoder } from '../content-coding.ts'
import { createGathering } from '../gathering.ts'
import { RequestRefused } from '../refusal.ts'
import { askForBody, type Exchange, tooLarge } from './body.ts'
import type { Room } from './room.ts'

export interface ContentLimits {
  /** Of the content as it is delivered. */
  readonly bytesMax: number
  /** What all uploads share. */
  readonly room: Room
}

/** Content that was read, and the room it takes until it is released. */
export interface HeldContent {
  readonly body: Buffer
  readonly sha256: Buffer
  release(): void
}

/**
 * Reads content into one buffer and decodes it on the way. What can be told from the header is refused before anything is read,
 * and what is too large as soon as it is.
 *
 * @throws {RequestRefused} 400 (empty, broken off, not what Content-Encoding says), 413, 415 with what is accepted, or 503
 * where the uploads of all together leave no room
 */
export async function readContent(exchange: Exchange, { bytesMax, room }: ContentLimits): Promise<HeldContent> {
  const { codings, wireBytesMax, contentBytes } = announced(exchange.incoming, bytesMax)
  let taken = 0
  const take = (bytes: number) => {
    if (!room.take(bytes)) throw crowded()
    taken += bytes
  }
  try {
    if (contentBytes !== null) take(contentBytes)
    askForBody(exchange)
    const chunks = decoded(received(exchange.incoming, wireBytesMax), codings)
    const gathered = await gather(chunks, contentBytes ?? bytesMax, contentBytes === null ? take : () => {})
    if (gathered.body.length === 0) throw empty()
    return { ...gathered, release: () => room.give(taken) }
  } catch (error) {
    room.give(taken)
    throw error
  }
}

/** What the header says of the body; `contentBytes` is null where it does not say how long it is once decoded. */
function announced(incoming: IncomingMessage, bytesMax: number) {
  const codings = codingsOf(incoming)
  const length = lengthOf(incoming)
  if (length === 0) throw empty()
  // What cannot be compressed grows a little where its sender tries.
  const wireBytesMax = codings.length === 0 ? bytesMax : bytesMax + Math.ceil(bytesMax / 64) + 1024
  if (length !== null && length > wireBytesMax) throw tooLarge(bytesMax)
  return { codings, wireBytesMax, contentBytes: codings.length === 0 ? length : null }
}

/** In bytes; 0: there is no body; null: it ends where it ends. */
function lengthOf({ headers }: IncomingMessage): number | null {
  if (headers['content-length'] !== undefined) return Number(headers['content-length'])
  return headers['transfer-encoding'] === undefined ? 0 : null
}

function codingsOf({ headers }: IncomingMessage): readonly string[] {
  const codings = codingsIn(headers['content-encoding'] ?? '')
  if (codings.length <= codingsMax && codings.every(canDecode)) return codings
  throw new RequestRefused('Content-Encoding must be gzip, deflate, br or zstd, or be left out.', {
    status: 415,
    acceptEncoding: 'gzip, deflate, br, zstd',
  })
}

type Chunks = AsyncIterable<Buffer>

function decoded(chunks: Chunks, codings: readonly string[]): Chunks {
  return codings.reduceRight(undone, chunks)
}

/** What a decoder leaves unread is said to be wrong: a second frame of zstd would be dropped without a word. */
async function* undone(chunks: Chunks, coding: string): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  const decoder = createDecoder(coding, first.value)
  let bytes = first.value.length
  const counted = (async function* () {
    yield first.value
    for await (const chunk of { [Symbol.asyncIterator]: () => iterator }) {
      bytes += chunk.length
      yield chunk
    }
  })()
  try {
    yield* pipeline(counted, decoder, () => {})
  } catch (error) {
    throw error instanceof RequestRefused ? error : undecodable()
  }
  if (decoder.bytesWritten < bytes) throw coding === 'zstd' ? severalFrames() : undecodable()
}

/** RFC 8878 §3 allows more than one, which Node's decoder reads only where chunks end with them. */
function severalFrames(): RequestRefused {
  return new RequestRefused('zstd must be sent as one frame, with nothing behind it.')
}

function undecodable(): RequestRefused {
  return new RequestRefused('The body is not what its Content-Encoding says, or breaks off, or goes on behind its end.')
}

async function* received(incoming: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > bytesMax) throw tooLarge(bytesMax)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof RequestRefused) throw cause
    throw new RequestRefused('The body ended before it was complete.')
  }
}

/** Hashed as it comes: all of a large body at once would keep everything else waiting. */
async function gather(
  chunks: Chunks,
  bytesMax: number,
  take: (bytes: number) => void,
): Promise<Pick<HeldContent, 'body' | 'sha256'>> {
  const gathering = createGathering(bytesMax)
  const hash = createHash('sha256')
  for await (const chunk of chunks) {
    if (gathering.bytes + chunk.length > bytesMax) throw tooLarge(bytesMax)
    take(chunk.length)
    gathering.add(chunk)
    hash.update(chunk)
  }
  return { body: gathering.whole(), sha256: hash.digest() }
}

function empty(): RequestRefused {
  return new RequestRefused('The body is empty: it must be the full content of the topic.')
}

function crowded(): RequestRefused {
  return new RequestRefused('The hub is taking too many large bodies at this moment: try again soon.', {
    status: 503,
    retryAfterSeconds: 2,
  })
}

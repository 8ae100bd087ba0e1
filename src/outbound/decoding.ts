import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'

export type Decoded =
  | { readonly kind: 'decoded'; readonly body: Buffer; readonly cut: boolean }
  /** The bytes are not what Content-Encoding says, or break off. */
  | { readonly kind: 'wrong' }

/** More codings on top of each other than this are an attack on the reader, not an economy. */
const codingsMax = 3

/**
 * Undoes the Content-Encoding of an answer, for servers that compress though `identity` was asked for (FETCH-09). It stops as soon as
 * there are `bytesMax` bytes and so never holds more, however small the bomb was.
 *
 * @param contentEncoding its values in order; codings that do not exist are passed over, as browsers do.
 * @param partial whether the body broke off or was cut: what can be read of it is then enough.
 */
export async function decode(
  body: Buffer,
  contentEncoding: readonly string[],
  { bytesMax, partial }: { readonly bytesMax: number; readonly partial: boolean },
): Promise<Decoded> {
  const codings = contentEncoding
    .join(',')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => decoders.has(coding))
  if (codings.length > codingsMax)
    return partial ? { kind: 'decoded', body: Buffer.alloc(0), cut: true } : { kind: 'wrong' }
  let decoded: Decoded = { kind: 'decoded', body, cut: false }
  for (const coding of codings.reverse()) {
    if (decoded.kind === 'wrong' || decoded.body.length === 0) break
    decoded = await undo(coding, decoded.body, { bytesMax, partial: partial || decoded.cut })
  }
  return decoded
}

const decoders: ReadonlyMap<string, (body: Buffer) => Transform> = new Map<string, (body: Buffer) => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
  // RFC 9110 §8.4.1.2 means the zlib format; some servers send the bare stream, whose first byte cannot be zlib's.
  ['deflate', (body) => (((body[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw())],
])

async function undo(
  coding: string,
  body: Buffer,
  { bytesMax, partial }: { readonly bytesMax: number; readonly partial: boolean },
): Promise<Decoded> {
  const decoder = decoders.get(coding)?.(body)
  if (decoder === undefined) return { kind: 'wrong' }
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    decoder.end(body)
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > bytesMax) break // Leaving the loop destroys the decoder.
    }
  } catch {
    if (!partial) return { kind: 'wrong' }
  }
  return { kind: 'decoded', body: Buffer.concat(chunks).subarray(0, bytesMax), cut: bytes > bytesMax }
}

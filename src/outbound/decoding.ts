import { canDecode, codingsIn, codingsMax, createDecoder } from '../content-coding.ts'
import { createGathering } from '../gathering.ts'

export type Decoded =
  | { readonly kind: 'decoded'; readonly body: Buffer; readonly cut: boolean }
  /** The bytes are not what Content-Encoding says, or break off. */
  | { readonly kind: 'wrong' }

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
  const codings = codingsIn(contentEncoding.join(',')).filter(canDecode)
  if (codings.length > codingsMax)
    return partial ? { kind: 'decoded', body: Buffer.alloc(0), cut: true } : { kind: 'wrong' }
  let decoded: Decoded = { kind: 'decoded', body, cut: false }
  for (const coding of codings.reverse()) {
    if (decoded.kind === 'wrong' || decoded.body.length === 0) break
    decoded = await undo(coding, decoded.body, { bytesMax, partial: partial || decoded.cut })
  }
  return decoded
}

async function undo(
  coding: string,
  body: Buffer,
  { bytesMax, partial }: { readonly bytesMax: number; readonly partial: boolean },
): Promise<Decoded> {
  const decoded = createGathering(bytesMax)
  let cut = false
  try {
    for await (const chunk of decodedChunks(coding, body)) {
      const room = bytesMax - decoded.bytes
      decoded.add(chunk.subarray(0, room))
      cut = chunk.length > room
      if (cut) break // Leaving the loop destroys the decoder.
    }
  } catch {
    if (!partial) return { kind: 'wrong' }
  }
  return { kind: 'decoded', body: decoded.whole(), cut }
}

/** Frames of zstd in one body: far more than any compressor makes, and a decoder each. */
const framesMax = 1000

/**
 * Node's decoder of zstd ends with the first frame, and drops what follows without a word; a body may have several (RFC 8878
 * §3).
 *
 * @throws where the bytes are not what the coding says, or break off
 */
async function* decodedChunks(coding: string, body: Buffer): AsyncGenerator<Buffer> {
  let rest = body
  for (let frames = 0; rest.length > 0; frames++) {
    if (frames === framesMax) throw new Error(`Of ${coding} only ${framesMax} frames are decoded.`)
    const decoder = createDecoder(coding, rest)
    decoder.end(rest)
    yield* decoder
    rest = coding === 'zstd' ? rest.subarray(decoder.bytesWritten) : Buffer.alloc(0)
  }
}

import type { Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type Zlib,
} from 'node:zlib'

/** More codings on top of each other than this are an attack on the reader, not an economy. */
export const codingsMax = 3

/** The codings that a Content-Encoding names, in the order they were applied (RFC 9110 §8.4), in small letters and without `identity`. */
export function codingsIn(contentEncoding: string): readonly string[] {
  return contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Ends with the first frame of zstd, and with the first end of any other coding: `bytesWritten` tells how far it read. */
export type Decoder = Transform & Zlib

export function canDecode(coding: string): boolean {
  return decoders.has(coding)
}

/**
 * @param encoded what is to be decoded, or at least its first byte
 * @throws where the coding is none that `canDecode` knows
 */
export function createDecoder(coding: string, encoded: Buffer): Decoder {
  const create = decoders.get(coding)
  if (create === undefined) throw new Error(`${coding} cannot be decoded.`)
  return create(encoded)
}

const decoders: ReadonlyMap<string, (encoded: Buffer) => Decoder> = new Map<string, (encoded: Buffer) => Decoder>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
  // RFC 9110 §8.4.1.2 means the zlib format; some send the bare stream, whose first byte cannot be zlib's.
  ['deflate', (encoded) => (((encoded[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw())],
])

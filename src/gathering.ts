/** Bytes that come in chunks and end in one buffer, where they are in memory once. */
export interface Gathering {
  /** How much was added so far. */
  readonly bytes: number
  /** @throws {RangeError} beyond `bytesMax` */
  add(chunk: Buffer): void
  /** Everything that was added so far. */
  whole(): Buffer
}

/**
 * Buffers that are tried one after the other. What grows out of the last gets room for the longest that may come: its pages are
 * not in memory before something is written to them, whereas joining chunks at the end, or doubling, takes everything twice.
 */
const triedBytes = [64 * 1024, 1024 ** 2] as const

/** @param bytesMax the most that will be added */
export function createGathering(bytesMax: number): Gathering {
  let buffer: Buffer | null = null
  let bytes = 0

  function roomFor(needed: number): Buffer {
    const size = triedBytes.find((tried) => needed <= tried && tried < bytesMax) ?? bytesMax
    const room = Buffer.allocUnsafeSlow(size)
    buffer?.copy(room, 0, 0, bytes)
    return room
  }

  return {
    get bytes() {
      return bytes
    },
    add(chunk) {
      const needed = bytes + chunk.length
      if (needed > bytesMax) throw new RangeError(`More than ${bytesMax} bytes were added.`)
      if (buffer === null) {
        buffer = chunk // The only one, very often: it stays where it is.
      } else {
        if (needed > buffer.length) buffer = roomFor(needed)
        chunk.copy(buffer, bytes)
      }
      bytes = needed
    },
    whole: () => buffer?.subarray(0, bytes) ?? Buffer.alloc(0),
  }
}

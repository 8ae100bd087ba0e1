/** A bitmap with no bit set, for so many subscribers. */
export function emptyBitmap(length: number): Buffer {
  return Buffer.alloc(Math.ceil(length / 8))
}

export function markDone(done: Buffer, place: number): void {
  const byte = place >> 3
  done[byte] = (done[byte] ?? 0) | (1 << (place & 7))
}

export function isDone(done: Buffer, place: number): boolean {
  return ((done[place >> 3] ?? 0) & (1 << (place & 7))) !== 0
}

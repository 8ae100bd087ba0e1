/** Memory that requests share for what they bring, in bytes. */
export interface Room {
  /** False where there is not as much left; nothing is taken then. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export function createRoom(bytesMax: number): Room {
  let left = bytesMax
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    give(bytes) {
      left += bytes
    },
  }
}

import { RequestRefused } from '../refusal.ts'

/** Counts the streams that are open, in all and by client address. */
export interface Admission {
  /**
   * Takes a place. The function returned gives it back; twice is harmless.
   *
   * @throws {RequestRefused} 503 where all places are taken, 429 where this address has as many as it may
   */
  admit(client: string): () => void
  readonly open: number
}

export function createAdmission(max: number, { perAddressMax }: { readonly perAddressMax: number }): Admission {
  const byAddress = new Map<string, number>()
  let open = 0

  function leave(client: string): void {
    open -= 1
    const left = (byAddress.get(client) ?? 1) - 1
    if (left === 0) byAddress.delete(client)
    else byAddress.set(client, left)
  }

  return {
    admit(client) {
      const ofAddress = byAddress.get(client) ?? 0
      if (open >= max) {
        throw new RequestRefused('This hub has as many streams open as it can: try again later.', {
          status: 503,
          retryAfterSeconds,
        })
      }
      if (ofAddress >= perAddressMax) {
        throw new RequestRefused(`This address has ${ofAddress} streams open already: end one first.`, {
          status: 429,
          retryAfterSeconds,
        })
      }
      open += 1
      byAddress.set(client, ofAddress + 1)
      let left = false
      return () => {
        if (!left) leave(client)
        left = true
      }
    },
    get open() {
      return open
    },
  }
}

const retryAfterSeconds = 10

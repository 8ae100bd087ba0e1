/** What became of a request while its client waited. */
export type Outcome =
  | { readonly kind: 'confirmed' }
  /** `why`: a sentence for the client. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No usable answer yet, the hub stops, or a newer request took its place: the request stays accepted. */
  | { readonly kind: 'undecided' }

/** What a client may wait for, once its request is committed. */
export interface Waited {
  readonly outcome: Promise<Outcome>
}

/** The clients that wait for what their verification comes to (PubSubHubbub 0.3 §6.1.2, `hub.verify=sync`). */
export interface Waiting {
  /**
   * Waits for what is told of the claim's token, but no longer than the time that clients are kept waiting.
   *
   * @returns null where enough clients wait already, or the hub stops
   */
  enter(token: string): Waited | null
  /** Whoever waits for the token waits from now on until it is told, so that nothing else has to tell it; null: nobody. */
  take(token: string): ((outcome: Outcome) => void) | null
  /** The hub stops: nobody waits any longer. */
  close(): void
}

/** Each keeps a connection, and a callback that is mute, busy for that long. */
const clientsMax = 64

/** @param timeoutMs how long a client is kept waiting */
export function createWaiting(timeoutMs: number): Waiting {
  const clients = new Map<string, { readonly tell: (outcome: Outcome) => void; readonly timer: NodeJS.Timeout }>()
  let closed = false

  function take(token: string): ((outcome: Outcome) => void) | null {
    const client = clients.get(token)
    if (client === undefined) return null
    clients.delete(token)
    clearTimeout(client.timer)
    return client.tell
  }

  return {
    enter(token) {
      if (closed || clients.size >= clientsMax) return null
      const { promise: outcome, resolve: tell } = Promise.withResolvers<Outcome>()
      const timer = setTimeout(() => take(token)?.({ kind: 'undecided' }), timeoutMs)
      clients.set(token, { tell, timer })
      return { outcome }
    },
    take,
    close() {
      closed = true
      for (const token of [...clients.keys()]) take(token)?.({ kind: 'undecided' })
    },
  }
}

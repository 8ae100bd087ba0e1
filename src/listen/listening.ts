import { randomBytes } from 'node:crypto'
import type { CallbackEvents } from './callback-server.ts'
import { outliveLease } from './renewal.ts'
import { deliveryWords, numberOf, printable } from './report.ts'

export type End = 'unsubscribed' | 'denied' | 'expired'

/** What is known of the subscription, and what the callback answers. */
export interface Listening extends CallbackEvents {
  /** Null: none. */
  readonly secret: string | null
  isSubscribed(): boolean
  /** How to ask for a renewal: null where the hub accepted it, else a sentence. */
  renewBy(ask: (stop: AbortSignal) => Promise<string | null>): void
  /** From now on an unsubscription is what was asked for, and a subscription is not (§5.3.1). */
  leave(): void
  readonly ended: Promise<End>
}

export interface Listener {
  readonly topic: string
  /** Null: none; undefined: a random one. */
  readonly secret: string | null | undefined
  /** Whole bodies, not their beginning. */
  readonly body: boolean
}

export function createListening(listener: Listener, tell: (text: string) => void): Listening {
  const { topic, body } = listener
  const secret = listener.secret === undefined ? randomBytes(24).toString('base64url') : listener.secret
  const { promise: ended, resolve: end } = Promise.withResolvers<End>()
  let subscribed = false
  let wanted = 'subscribe'
  let previous: number | null = null
  let ask: (stop: AbortSignal) => Promise<string | null> = async () => null
  let lease = new AbortController()
  return {
    secret,
    isSubscribed: () => subscribed,
    renewBy(renew) {
      ask = renew
    },
    leave() {
      wanted = 'unsubscribe'
      lease.abort()
    },
    ended,
    verification({ mode, topic: asked, leaseSeconds }) {
      if (asked !== topic || mode !== wanted) {
        tell(`verification of '${printable(mode)}' for ${printable(asked)}, which nobody asked for: answered 404`)
        return false
      }
      tell(
        `verification: ${mode}${leaseSeconds === null ? '' : `, lease ${leaseSeconds} s`}; answered with its challenge`,
      )
      if (mode === 'subscribe' && !subscribed) tell('subscribed: what comes is printed here; Ctrl-C unsubscribes')
      subscribed = mode === 'subscribe'
      lease.abort()
      lease = new AbortController()
      if (!subscribed) end('unsubscribed')
      else if (leaseSeconds !== null) {
        void outliveLease(leaseSeconds, { ask, tell, stop: lease.signal }).then(
          (outlived) => outlived || end('expired'),
        )
      }
      return true
    },
    denial({ topic: denied, reason }) {
      tell(`DENIED: ${printable(denied)}: ${printable(reason) || 'no reason given'}`)
      if (denied !== topic) return
      subscribed = false
      lease.abort()
      end('denied')
    },
    delivery(delivery) {
      tell(deliveryWords(delivery, { secret, whole: body, previous }))
      previous = numberOf(delivery) ?? previous
    },
  }
}

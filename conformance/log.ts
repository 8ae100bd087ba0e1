import { createWatch, type Watch } from './watch.ts'
import type { Exchange, Message } from './wire.ts'

/** Everything that went over the wire for one claim, in order. */
export interface Log extends Watch {
  readonly exchanges: readonly Exchange[]
  /** Milliseconds since the claim began. */
  now(): number
  /** Notes a request; its answer is noted in what is returned. */
  note(what: string, by: Exchange['by'], request: Message): Exchange
}

export function createLog(): Log {
  const beganAtMs = performance.now()
  const exchanges: Exchange[] = []
  const watch = createWatch()
  const now = () => performance.now() - beganAtMs
  return {
    ...watch,
    exchanges,
    now,
    note(what, by, request) {
      const exchange: Exchange = { what, by, atMs: now(), request, answer: null }
      exchanges.push(exchange)
      return exchange
    },
  }
}

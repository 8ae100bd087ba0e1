import type { Clock } from './clock.ts'
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

export function createLog(clock: Clock): Log {
  const beganAtMs = clock.now()
  const exchanges: Exchange[] = []
  const watch = createWatch(clock)
  const now = () => clock.now() - beganAtMs
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

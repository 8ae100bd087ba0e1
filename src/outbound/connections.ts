import type { Attempt } from './attempt.ts'
import type { Connection } from './connection.ts'
import type { SocketBound } from './sockets.ts'

/** What an attempt gets to send with: a kept connection, or a place in the bound to open one; undefined where it ended first. */
export type Turn = { readonly kind: 'kept'; readonly connection: Connection } | { readonly kind: 'open' } | undefined

/** The open connections: which are idle, by whom they lead to and by how long they have been. */
export class Connections {
  readonly #places: SocketBound<Connection>
  /** The longest idle first. */
  readonly #idle = new Set<Connection>()
  readonly #idleByKey = new Map<string, Connection[]>()
  readonly #open = new Set<Connection>()

  constructor(places: SocketBound<Connection>) {
    this.#places = places
  }

  get idle(): number {
    return this.#idle.size
  }

  /** The idle connection to this key that was used last: the others may then grow old and be closed. */
  takeIdle(key: string): Connection | undefined {
    for (;;) {
      const connection = this.#idleByKey.get(key)?.at(-1)
      if (connection === undefined) return undefined
      this.#forgetIdle(connection)
      if (connection.open) return connection
    }
  }

  /** A place for a new connection. Where none is free, the connection idle longest is closed, and the attempt waits its turn. */
  takePlace(key: string, attempt: Attempt): Turn | Promise<Turn> {
    if (attempt.ended !== undefined) return undefined
    if (this.#places.tryTake()) return { kind: 'open' }
    return new Promise((resolve) => {
      const settle = (turn: Turn) => {
        attempt.onEnd(undefined)
        resolve(turn)
      }
      const leave = this.#places.wait({
        key,
        grant: (connection) => settle(connection === undefined ? { kind: 'open' } : { kind: 'kept', connection }),
      })
      attempt.onEnd(() => {
        leave()
        settle(undefined)
      })
      this.#closeLongestIdle()
    })
  }

  add(connection: Connection): void {
    this.#open.add(connection)
  }

  /** Takes back a connection that has carried its request. */
  handBack(connection: Connection): void {
    const offered = this.#places.offer(connection.key, connection)
    if (offered === 'close') connection.close()
    if (offered !== 'keep') return
    this.#idle.add(connection)
    const sameKey = this.#idleByKey.get(connection.key)
    if (sameKey === undefined) this.#idleByKey.set(connection.key, [connection])
    else sameKey.push(connection)
  }

  /** For a connection whose socket has closed, by either side. */
  remove(connection: Connection): void {
    this.#open.delete(connection)
    this.#forgetIdle(connection)
  }

  closeAll(): void {
    for (const connection of this.#open) connection.close()
  }

  #closeLongestIdle(): void {
    const [longestIdle] = this.#idle
    if (longestIdle === undefined) return
    this.#forgetIdle(longestIdle)
    longestIdle.close()
  }

  #forgetIdle(connection: Connection): void {
    if (!this.#idle.delete(connection)) return
    const sameKey = this.#idleByKey.get(connection.key) ?? []
    if (sameKey.length <= 1) this.#idleByKey.delete(connection.key)
    else sameKey.splice(sameKey.lastIndexOf(connection), 1)
  }
}

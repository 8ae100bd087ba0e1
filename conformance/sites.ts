import { randomBytes } from 'node:crypto'
import { type Handler, startServer } from './server.ts'

/** A place of the suite's own on the web, which the hub can reach. */
export interface Site {
  /** Where the hub finds it: an origin, and a path prefix where many share one; without a slash at its end. */
  readonly url: string
  close(): Promise<void>
}

/** Opens sites: a request to one is handed to its handler, the prefix still in the target. */
export interface Sites {
  /** @param name lower-case letters and digits, never used before: what the hub would rather change than keep, it finds not */
  open(name: string, handler: Handler): Promise<Site>
  close(): Promise<void>
}

/** Lower case, letters first: a name that survives whatever a hub may do to a path. */
export function siteName(): string {
  return `s${randomBytes(6).toString('hex')}`
}

const nameAtFront = /^\/(s[0-9a-f]{12})(?=[/?]|$)/

/** Each site on a port of its own, so that a hub which counts failures by origin counts each claim's alone. */
export function sitesByPort(host: string): Sites {
  return {
    async open(name, handler) {
      // A port is used again: what a hub still owes to a run before this one may come to it, hours later.
      const isOwn = (target: string) => (nameAtFront.exec(target)?.[1] ?? name) === name
      const own: Handler = (method, target) => (isOwn(target) ? handler : nobody)(method, target)
      const server = await startServer(own, { host, port: 0 })
      return { url: `${server.origin}/${name}`, close: () => server.close() }
    },
    async close() {},
  }
}

/** Sites that are all beneath one URL. */
export interface SharedSites extends Sites {
  /** Without a slash at its end. */
  readonly url: string
}

/** All sites on one port, told apart by the first part of the path: for a hub that reaches them by `publicUrl`. */
export async function sitesByPath({
  host,
  port,
  publicUrl,
}: {
  readonly host: string
  readonly port: number
  readonly publicUrl?: string
}): Promise<SharedSites> {
  const handlers = new Map<string, Handler>()
  const server = await startServer((method, target) => (handlers.get(nameIn(target)) ?? nobody)(method, target), {
    host,
    port,
  })
  const base = (publicUrl ?? server.origin).replace(/\/$/, '')
  const depth = new URL(base).pathname.split('/').filter((part) => part !== '').length
  /** A proxy in front may hand on the path of the public URL, or take it away. */
  function nameIn(target: string): string {
    const parts = target.split(/[?#]/)[0]?.split('/').slice(1) ?? []
    return handlers.has(parts[0] ?? '') ? (parts[0] ?? '') : (parts[depth] ?? '')
  }
  return {
    url: base,
    async open(name, handler) {
      handlers.set(name, handler)
      return {
        url: `${base}/${name}`,
        async close() {
          handlers.delete(name)
        },
      }
    },
    close: () => server.close(),
  }
}

/**
 * Sites in turn on a few ports that stay open: for many runs in one process, where opening ports would take most of the time.
 * A port accepts one connection in each turn of the event loop, so one alone would make all of them wait.
 */
export async function sitesInTurn(ports: number): Promise<Sites> {
  const shared = await Promise.all(Array.from({ length: ports }, () => sitesByPath({ host: '127.0.0.1', port: 0 })))
  let opened = 0
  return {
    open: (name, handler) => {
      const next = shared[opened++ % ports]
      if (next === undefined) throw new Error('there is no port')
      return next.open(name, handler)
    },
    async close() {
      await Promise.all(shared.map((sites) => sites.close()))
    },
  }
}

/** What came for a claim that has ended: a late retry, say. */
const nobody: Handler = () => ({
  answer: async () => undefined,
  answered() {},
  ended() {},
})

import { once } from 'node:events'
import { Agent, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, worldClock } from './clock.ts'
import { command } from './faulty-hub/command.ts'
import { createDesk } from './faulty-hub/desk.ts'
import { type FaultName, isFault } from './faulty-hub/faults.ts'
import type { Inside } from './faulty-hub/inside.ts'
import { quickSettings } from './faulty-hub/settings.ts'
import { createWork } from './faulty-hub/work.ts'

export interface FaultyHub {
  readonly url: string
  readonly aliasUrl: string
  /** The same hub, with the same subscriptions, as it is once it sends new subscribers elsewhere. */
  readonly movedUrl: string
  /** Ends it without warning and starts it again: whatever was open is cut off, and gone on with unless a fault forgets it. */
  restart(): void
  /** Whether it will do nothing more by itself at these sites, as far as it knows now. */
  isIdleFor(sites: readonly string[]): boolean
  close(): Promise<void>
}

/**
 * Starts a small hub in memory, on loopback. It keeps every rule the suite checks but for those that the faults it is given
 * break: by it the suite shows that it can fail.
 *
 * @param options.port where it listens; any free port unless told
 * @throws where a fault is named that there is not, or the port is taken
 */
export async function startHub({
  faults = [],
  settings = {},
  clock = worldClock,
  port = 0,
}: {
  readonly faults?: readonly FaultName[]
  readonly settings?: Partial<typeof quickSettings>
  readonly clock?: Clock
  readonly port?: number
} = {}): Promise<FaultyHub> {
  const unknown = faults.filter((name) => !isFault(name))
  if (unknown.length > 0) throw new Error(`there is no fault '${unknown.join("', '")}'`)
  const insecureHTTPParser = faults.includes('reads-requests-in-any-way')
  const server = await listen(port, { insecureHTTPParser })
  const url = urlOf(server)
  const aliasUrl = url.replace('127.0.0.1', 'localhost')
  const switched = new Set<string>(faults)
  const inside: Inside = {
    has: (fault) => switched.has(fault),
    settings: { ...quickSettings, ...settings, ownUrl: () => url, aliasUrl: () => aliasUrl },
    clock,
    agent: new Agent({ keepAlive: true }),
    work: createWork(),
    subscriptions: new Map(),
    appliedNumbers: new Map(),
    gone: new Set(),
    lastAt: new Map(),
    topics: new Map(),
    denialTurn: Promise.resolve(),
    turns: new Map(),
    pingsSpent: new Map(),
    restarts: 0,
    timesAsked: new Map(),
    keysUsed: new Set(),
  }
  const moved = await listen(0, {})
  serve(server, inside)
  serve(moved, { ...inside, settings: { ...inside.settings, policy: 'moved' } })
  return {
    url,
    aliasUrl,
    movedUrl: urlOf(moved),
    isIdleFor: inside.work.isIdleFor,
    restart() {
      inside.restarts++
      inside.agent.destroy()
      for (const each of [server, moved]) each.closeAllConnections()
    },
    async close() {
      inside.subscriptions.clear()
      inside.agent.destroy()
      await Promise.all([server, moved].map(end))
    },
  }
}

async function listen(port: number, options: { readonly insecureHTTPParser?: boolean }): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0, ...options })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function serve(server: Server, inside: Inside): void {
  const desk = createDesk(inside)
  let last = Promise.resolve()
  server.on('request', (request, response) => {
    const act = () => desk(request, response).catch(() => void response.destroy())
    last = inside.has('reads-one-request-at-a-time') ? last.then(act) : act()
  })
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

if (import.meta.main) process.exitCode = await command(process.argv.slice(2), startHub)
